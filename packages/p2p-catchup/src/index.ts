/**
 * History over libp2p: serve it, and backfill it below a trusted hash from peers that nobody trusts.
 *
 * @example
 * ```ts
 * import { Backfill, createHost, libp2pPeers, loadOrCreateNodeKey, serveHistory, verifyHere } from 'p2p-catchup'
 *
 * const { seed } = await loadOrCreateNodeKey('config/node_key.json', randomBytes)
 * const host = await createHost({ seed, listenAddress: '/ip4/0.0.0.0/tcp/7676', peers, clock, random: Math.random, signal })
 * await serveHistory({ host, chainId, store, clock })
 *
 * const backfill = new Backfill({
 *   store,
 *   peers: await libp2pPeers({ host, chainId, clock }),
 *   clock,
 *   random: Math.random,
 *   unixTimeMs: Date.now,
 *   initialHeight: 1,
 *   verifyBatch: verifyHere,
 * })
 * await backfill.addAnchor(fsm.anchor())
 * await backfill.run(signal)
 * ```
 *
 * @packageDocumentation
 */
// First of all: it has to run before any module of libp2p.
// oxlint-disable-next-line import/no-unassigned-import
import './polyfill.ts'

export { Backfill, type BackfillOptions } from './backfill/backfill.ts'
export { type BackfillLimits, defaultBackfillLimits } from './backfill/backfill-limits.ts'
export { type BackfillProgress, idleProgress } from './backfill/progress.ts'
export { verifyHere } from './backfill/verify-here.ts'
export * from './errors.ts'
export { createHost, type HostOptions } from './host/create-host.ts'
export type { Host } from './host/host.ts'
export { defaultHostLimits, type HostLimits } from './host/host-limits.ts'
export { createNodeKey, loadNodeKey, loadOrCreateNodeKey, type NodeKey, nodeKeyFromSeed } from './host/node-key.ts'
export { MemoryHistoryStore, MemoryStoreError } from './memory/memory-history-store.ts'
export { libp2pPeers, type Libp2pPeers, type Libp2pPeersOptions } from './peers/libp2p-peers.ts'
export { defaultRequestLimits, type RequestLimits } from './peers/request-limits.ts'
export type { Clock } from './ports/clock.ts'
export type * from './ports/history-peers.ts'
export type * from './ports/history-store.ts'
export type { Logger } from './ports/logger.ts'
export {
  evNodePageLimit,
  type HistoryKind,
  type HistoryProtocol,
  historyProtocols,
  ownPageLimit,
} from './protocol/protocol-ids.ts'
export type { DaHeightHint } from './serve/history-reader.ts'
export { type HistoryServer, serveHistory, type ServeMetrics, type ServeOptions } from './serve/serve-history.ts'
export { defaultServeLimits, type ServeLimits } from './serve/serve-limits.ts'

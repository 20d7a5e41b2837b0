/**
 * History over libp2p.
 *
 * @packageDocumentation
 */
// First of all: it has to run before any module of libp2p.
// oxlint-disable-next-line import/no-unassigned-import
import './polyfill.ts'

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

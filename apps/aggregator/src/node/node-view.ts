import {
  type BlockFsm,
  type BlockStore,
  type Executor,
  loadSealed,
  type TransactionJournal,
  transactionHash,
  type Verdict,
} from 'block-fsm'
import type { BackfillProgress } from 'p2p-catchup'
import type { RaftNode } from 'raft-core'
import { backfillDocument } from '../catchup/backfill-document.ts'
import { formatRfc3339 } from '../genesis/rfc3339.ts'
import { submitTransaction } from '../intake/submit.ts'
import { HttpError } from '../rpc/http-error.ts'
import type { BlockDocument, NodeView, StatusDocument, TransactionDocument } from '../rpc/node-view.ts'
import type { BlockService } from './block-service.ts'
import { whyNotReady } from './why-not-ready.ts'

export interface NodeViewOptions {
  readonly nodeId: string
  readonly chainId: string
  readonly blockTimeMs: number
  readonly raft: RaftNode<Verdict>
  readonly fsm: BlockFsm
  readonly store: BlockStore
  readonly executor: Executor
  readonly journal: TransactionJournal
  /** Undefined before there is a cluster. */
  readonly service: () => BlockService | undefined
  /** How far fetching of history is; undefined before it was opened. */
  readonly backfill: () => BackfillProgress | undefined
  /** Why there is no cluster yet. */
  readonly whyForming: () => string
}

/** The node as its HTTP surface shows it: executed and sealed blocks only. */
export function nodeView(options: NodeViewOptions): NodeView {
  const { nodeId, raft, store, executor, journal } = options
  return {
    whyNotAlive: () => undefined,
    whyNotReady: () => whyNotReady(options),
    raftNode: () => {
      const { role, term, leader } = raft.status()
      return { is_leader: role === 'leader', node_id: nodeId, role, term, leader_id: leader?.id ?? '' }
    },
    status: () => status(options),
    block: (height, signal) => block(store, height, signal),
    submit: (transaction, signal) => {
      const service = options.service()
      if (service === undefined) {
        throw new HttpError(503, 'NO_CLUSTER', options.whyForming(), 'start the missing members, then try again')
      }
      const { outcomes } = service
      return submitTransaction(
        { journal, executor, outcomes, onJournaled: () => service.onJournaled() },
        transaction,
        signal,
      )
    },
    transaction: (hash, signal) => transaction(options, hash, signal),
    readKey: async (key, signal) => executor.read?.(Buffer.from(key), signal),
  }
}

function status(options: NodeViewOptions): StatusDocument {
  const { nodeId, chainId, raft, fsm, store, service, blockTimeMs } = options
  const { role, term, leader, commitIndex, appliedIndex, lastIndex, snapshot, peers } = raft.status()
  const { executed, sealed } = store.status()
  const { tip } = fsm.state
  const height = Math.min(executed, sealed)
  const reason = whyNotReady(options)
  return {
    node_id: nodeId,
    chain_id: chainId,
    role,
    term,
    leader_id: leader?.id ?? '',
    commit_index: commitIndex,
    applied_index: appliedIndex,
    last_log_index: lastIndex,
    snapshot_index: snapshot.index,
    height: Math.max(height, 0),
    hash: tip && tip.height === height ? hex(tip.hash) : '',
    tip_height: tip?.height ?? 0,
    tip_hash: tip ? hex(tip.hash) : '',
    producing: service()?.leadership.isProducing ?? false,
    block_time: tip ? formatRfc3339(tip.header.timeNs) : '',
    block_interval_ms: blockTimeMs,
    ready: reason === undefined,
    not_ready_reason: reason ?? '',
    backfill: backfillDocument(options.backfill(), store.status()),
    peers: peers.map(({ id, address, suffrage, progress }) => ({
      id,
      address,
      suffrage,
      match_index: progress?.matchIndex ?? 0,
      last_contact_ms: Math.round(progress?.lastContactMs ?? 0),
    })),
  }
}

async function block(
  store: BlockStore,
  height: number | 'latest',
  signal: AbortSignal,
): Promise<BlockDocument | undefined> {
  const { sealed, executed } = store.status()
  const visible = Math.min(sealed, executed)
  const wanted = height === 'latest' ? visible : height
  const sealedBlock = wanted > visible ? undefined : await loadSealed(store, wanted, signal)
  if (sealedBlock === undefined) return undefined
  const { header, signature } = sealedBlock.signedHeader
  return {
    height: header.height,
    hash: hex(sealedBlock.hash),
    parent_hash: hex(header.lastHeaderHash),
    time: formatRfc3339(header.timeNs),
    app_hash: hex(header.appHash),
    data_hash: hex(header.dataHash),
    proposer: hex(header.proposerAddress),
    signature: base64(signature),
    txs: sealedBlock.data.txs.map((tx) => ({ hash: hex(transactionHash(tx)), data: base64(tx) })),
  }
}

async function transaction(
  { store, journal }: NodeViewOptions,
  hash: Uint8Array,
  signal: AbortSignal,
): Promise<TransactionDocument | undefined> {
  const text = hex(hash)
  const place = (await store.findTransaction(hash, signal))[0]
  if (place) {
    const { height, index, result } = place
    return {
      hash: text,
      state: 'committed',
      height,
      index,
      ok: result.isOk,
      ...(!result.isOk && { reason: result.log }),
    }
  }
  const record = await journal.find(hash, signal)
  if (record === undefined) return undefined
  const { outcome } = record
  if (outcome.kind === 'committed') return { hash: text, state: 'committed', height: outcome.height }
  return { hash: text, state: outcome.kind, ...(outcome.kind === 'dropped' && { reason: outcome.reason }) }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

import { createHash } from 'node:crypto'
import type { BlockDocument, StatusDocument } from '../../../src/rpc/node-view.ts'

/** A status of a node that follows node-0 in term 1, with what a test cares about. */
export function statusOf(given: Partial<StatusDocument> = {}): StatusDocument {
  const height = given.height ?? 0
  return {
    node_id: 'node-1',
    chain_id: 'devnet',
    role: 'follower',
    term: 1,
    leader_id: 'node-0',
    commit_index: height,
    applied_index: height,
    last_log_index: height,
    snapshot_index: 0,
    height,
    hash: height === 0 ? '' : hashOf(height),
    tip_height: height,
    tip_hash: height === 0 ? '' : hashOf(height),
    producing: false,
    block_time: '',
    block_interval_ms: 1000,
    ready: true,
    not_ready_reason: '',
    backfill: { active: false, from: 0, to: 0, done: 0, blocks_per_s: 0, eta_s: 0, stuck_reason: '' },
    peers: ['node-0', 'node-1', 'node-2'].map((id) => ({
      id,
      address: `127.0.0.1:500${id.at(-1)}`,
      suffrage: 'voter',
      match_index: height,
      last_contact_ms: 10,
    })),
    ...given,
  }
}

/** A block of the one chain that the tests know, with what a test cares about. */
export function blockOf(height: number, given: Partial<BlockDocument> = {}): BlockDocument {
  return {
    height,
    hash: hashOf(height),
    parent_hash: height === 1 ? '' : hashOf(height - 1),
    time: '2026-01-01T00:00:00.000000000Z',
    app_hash: '',
    data_hash: '',
    proposer: '',
    signature: Buffer.from(`signature of ${height}`).toString('base64'),
    txs: [],
    ...given,
  }
}

/** A transaction as it stands in a block. */
export function txOf(text: string): { readonly hash: string; readonly data: string } {
  return { hash: hashOf(text), data: Buffer.from(text).toString('base64') }
}

export function hashOf(what: number | string): string {
  return createHash('sha256').update(String(what)).digest('hex')
}

import { equalBytes, type ExecutedBlock, toHex, transactionHash } from 'block-fsm'
import { bytesKey } from '../disk/keys.ts'
import { sealRecord } from '../disk/record.ts'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import { putCursors } from './notes.ts'
import { hashAt } from './put-chain.ts'
import { decodeRow, decodeStateRow, encodeStateRow, stateKey } from './rows.ts'
import { type Standing, statusOf } from './standing.ts'

/** Stages what execution gave: state rows, the index of transactions, cursors. */
export async function putExecution(
  staging: Staging<Standing>,
  blocks: readonly ExecutedBlock[],
  cursors: Readonly<Record<string, number>>,
): Promise<void> {
  for (const executed of blocks) await putExecuted(staging, executed)
  putCursors(staging, cursors)
}

async function putExecuted(staging: Staging<Standing>, { block, result }: ExecutedBlock): Promise<void> {
  const { height, hash, data } = block
  const { executed } = staging.state
  if (height > executed + 1) {
    throw new BlockStoreError('GAP', `block ${height} was executed, but the store has results through ${executed} only`)
  }
  const stored = await hashAt(staging, height)
  if (height > statusOf(staging.state).contiguous || !stored) {
    throw new BlockStoreError('NOT_STORED', `block ${height} was executed and is not stored; store it first`)
  }
  if (!equalBytes(stored, hash)) {
    throw new BlockStoreError('CONFLICT', `${toHex(hash)} was executed at ${height}, ${toHex(stored)} is stored there`)
  }
  await requireSameRoot(staging, height, result.stateRoot)
  if (height <= executed) return
  const key = stateKey(height)
  staging.put(key, sealRecord(key, encodeStateRow(hash, result.stateRoot, result.results)))
  data.txs.forEach((tx, index) => staging.put(bytesKey('t', transactionHash(tx), height, index), emptyValue))
  staging.state = { ...staging.state, executed: height, executedRoot: Uint8Array.from(result.stateRoot) }
}

const emptyValue = new Uint8Array(0)

async function requireSameRoot(staging: Staging<Standing>, height: number, stateRoot: Uint8Array): Promise<void> {
  const key = stateKey(height)
  const record = await staging.get(key)
  if (record === undefined) return
  const known = decodeRow(height, key, record, (value) => decodeStateRow(height, value))
  if (equalBytes(known.stateRoot, stateRoot)) return
  throw new BlockStoreError(
    'CONFLICT',
    `block ${height} gave root ${toHex(known.stateRoot)} before and ${toHex(stateRoot)} now; the executor is not deterministic`,
  )
}

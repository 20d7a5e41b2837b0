import type { BlockStoreStatus, Height, Interval } from 'block-fsm'
import { toHex } from 'block-fsm'
import type { Change } from '../disk/staging.ts'
import { openRecord, sealRecord } from '../disk/record.ts'
import { BlockStoreError } from '../errors.ts'
import { intervalAt } from './intervals.ts'

/** Where a store stands; one row, written with every batch. Values are replaced, not changed. */
export interface Standing {
  /** First height that is awaited. */
  readonly earliest: Height
  /** Root before `earliest`. */
  readonly rootBefore: Uint8Array
  readonly executed: Height
  /** Root after `executed`. */
  readonly executedRoot: Uint8Array
  readonly headers: readonly Interval[]
  /** Heights with header and data. */
  readonly blocks: readonly Interval[]
  /** Heights with a verified signature. */
  readonly signed: readonly Interval[]
  /** Numbers and bytes of the kept evidence. */
  readonly evidence: { readonly first: number; readonly next: number; readonly bytes: number }
  /** Number that the next quarantined range gets. */
  readonly nextQuarantine: number
  /** A range that is out of the chain already and whose rows are still being moved. */
  readonly moving: { readonly number: number; readonly from: Height } | undefined
  /** Cluster that the store is managed by, once one is founded. */
  readonly clusterId: string | undefined
}

export const standingKey: Buffer = Buffer.from('!standing')

export function initialStanding(initialHeight: Height, genesisRoot: Uint8Array): Standing {
  return {
    earliest: initialHeight,
    rootBefore: genesisRoot,
    executed: initialHeight - 1,
    executedRoot: genesisRoot,
    headers: [],
    blocks: [],
    signed: [],
    evidence: { first: 1, next: 1, bytes: 0 },
    nextQuarantine: 1,
    moving: undefined,
    clusterId: undefined,
  }
}

export function statusOf(standing: Standing): BlockStoreStatus {
  const { earliest, executed, executedRoot, headers, blocks, signed } = standing
  const contiguous = intervalAt(blocks, earliest)?.to ?? earliest - 1
  return {
    earliest,
    contiguous,
    highest: Math.max(blocks.at(-1)?.to ?? 0, earliest - 1),
    executed,
    executedRoot,
    sealed: Math.min(contiguous, intervalAt(signed, earliest)?.to ?? earliest - 1),
    blocks,
    headers,
  }
}

/** The root after `executed` is not repeated here: it is in the state row of that height. */
export function standingRow(standing: Standing): Change {
  const { executedRoot: _, rootBefore, ...rest } = standing
  const json = JSON.stringify({ ...rest, rootBefore: toHex(rootBefore) })
  return { key: standingKey, value: sealRecord(standingKey, Buffer.from(json)) }
}

/** Reads the row; `rootAfter` gives the root after an executed height. Damage is `STORAGE_FAILED`. */
export async function readStanding(
  stored: Uint8Array,
  rootAfter: (height: Height) => Promise<Uint8Array>,
): Promise<Standing> {
  const value = openRecord(standingKey, stored)
  if (value === undefined) {
    throw new BlockStoreError(
      'STORAGE_FAILED',
      'where the block store stands does not match its checksum; start with an empty directory, peers have the history',
    )
  }
  const json = JSON.parse(value.toString('utf8')) as Omit<Standing, 'rootBefore'> & { rootBefore: string }
  const standing = { ...json, moving: json.moving, clusterId: json.clusterId }
  const rootBefore = Uint8Array.from(Buffer.from(json.rootBefore, 'hex'))
  const executedRoot = json.executed < json.earliest ? rootBefore : await rootAfter(json.executed)
  return { ...standing, rootBefore, executedRoot }
}

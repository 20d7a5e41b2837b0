import { openRecord, sealRecord } from '../disk/record.ts'
import type { Change } from '../disk/staging.ts'
import { toHex } from 'block-fsm'

/** Where a journal stands; one row, written with every batch. Values are replaced, not changed. */
export interface Standing {
  /** 16 random bytes. */
  readonly id: Uint8Array
  /** Which journal in this directory it is: rows of earlier ones are told apart by it. */
  readonly generation: number
  /** The highest boot counter that it was opened with. */
  readonly bootCounter: number
  readonly last: number
  /** Everything through this is decided, and its bytes are gone. */
  readonly released: number
  /** Bytes that this journal ever took, and those of them that were released. */
  readonly takenBytes: number
  readonly releasedBytes: number
  /** The oldest number whose outcome is kept, and how many are. */
  readonly oldest: { readonly generation: number; readonly sequence: number }
  readonly outcomes: number
}

export const standingKey: Buffer = Buffer.from('!standing')

/** A journal that was never used. */
export function freshStanding(id: Uint8Array, bootCounter: number): Standing {
  return {
    id,
    generation: 1,
    bootCounter,
    last: 0,
    released: 0,
    takenBytes: 0,
    releasedBytes: 0,
    oldest: { generation: 1, sequence: 1 },
    outcomes: 0,
  }
}

/** The journal that takes the place of another: another id, numbers from 1. */
export function renewedStanding(old: Standing, id: Uint8Array): Standing {
  const { generation, bootCounter, oldest, outcomes, last, released } = old
  const fresh = freshStanding(id, bootCounter)
  return { ...fresh, generation: generation + 1, oldest, outcomes: outcomes + last - released }
}

/** Bytes of transactions that are not released yet. */
export function keptBytes({ takenBytes, releasedBytes }: Standing): number {
  return takenBytes - releasedBytes
}

export function standingRow(standing: Standing): Change {
  const json = JSON.stringify({ ...standing, id: toHex(standing.id) })
  return { key: standingKey, value: sealRecord(standingKey, Buffer.from(json)) }
}

/** Undefined when the row is damaged. */
export function decodeStanding(stored: Uint8Array): Standing | undefined {
  const value = openRecord(standingKey, stored)
  if (value === undefined) return undefined
  const json = JSON.parse(value.toString('utf8')) as Omit<Standing, 'id'> & { id: string }
  return { ...json, id: Uint8Array.from(Buffer.from(json.id, 'hex')) }
}

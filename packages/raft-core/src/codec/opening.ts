import type { Member, Term } from '../types.ts'
import { hexField, readFields, stringField, uintField } from './reader.ts'
import { Writer } from './writer.ts'

/** Payload of the first entry of a term: which leadership of which cluster begins. */
export interface Opening {
  /** 64 hex digits. */
  readonly clusterId: string
  readonly epoch: number
  readonly leader: Member
  readonly term: Term
}

/** Opening of proto/raft/v1. */
export function encodeOpening(opening: Opening): Uint8Array {
  return new Writer()
    .hex(1, opening.clusterId)
    .uint(2, opening.epoch)
    .string(3, opening.leader.id)
    .hex(4, opening.leader.incarnation)
    .uint(5, opening.term)
    .finish()
}

/** Reads what {@link encodeOpening} wrote. */
export function decodeOpening(payload: Uint8Array): Opening {
  const fields = readFields(payload)
  return {
    clusterId: hexField(fields, 1),
    epoch: uintField(fields, 2),
    leader: { id: stringField(fields, 3), incarnation: hexField(fields, 4) },
    term: uintField(fields, 5),
  }
}

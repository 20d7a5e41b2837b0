import { crc32 } from 'node:zlib'
import { type AppendRequest, type AppendResponse, decodeEntry, type Entry } from 'raft-core'
import { TransportError } from '../errors.ts'
import { fromWire, toWire } from './numbers.ts'
import { memoryFromWire, memoryToWire } from './parts.ts'
import type { Shape } from './shape.ts'

/** Entries go as the records that they are. */
export function appendRequestToWire(message: AppendRequest): Shape<'AppendRequest'> {
  return {
    term: toWire(message.term),
    previousIndex: toWire(message.previousIndex),
    previousTerm: toWire(message.previousTerm),
    commit: toWire(message.commit),
    round: toWire(message.round),
    records: message.entries.map(({ record }) => record),
    remembered: message.remembered.map(memoryToWire),
  }
}

export function appendRequestFromWire(wire: Shape<'AppendRequest'>): AppendRequest {
  return {
    kind: 'appendRequest',
    term: fromWire(wire.term),
    previousIndex: fromWire(wire.previousIndex),
    previousTerm: fromWire(wire.previousTerm),
    commit: fromWire(wire.commit),
    round: fromWire(wire.round),
    entries: (wire.records ?? []).map(entryFromWire),
    remembered: (wire.remembered ?? []).map(memoryFromWire),
  }
}

/** A view of the record, its checksum verified. */
function entryFromWire(record: Uint8Array): Entry {
  const entry = decodeEntry(record, 0, crc32)
  if (entry.record.length < record.length) {
    throw new TransportError('MESSAGE_INVALID', 'something follows an entry inside its record')
  }
  return entry
}

export function appendResponseToWire(message: AppendResponse): Shape<'AppendResponse'> {
  return {
    term: toWire(message.term),
    round: toWire(message.round),
    accepted: message.accepted,
    acceptedIndex: toWire(message.acceptedIndex),
    durableIndex: toWire(message.durableIndex),
    previousIndex: toWire(message.previousIndex),
    conflictTerm: toWire(message.conflictTerm),
    conflictIndex: toWire(message.conflictIndex),
  }
}

export function appendResponseFromWire(wire: Shape<'AppendResponse'>): AppendResponse {
  return {
    kind: 'appendResponse',
    term: fromWire(wire.term),
    round: fromWire(wire.round),
    accepted: wire.accepted ?? false,
    acceptedIndex: fromWire(wire.acceptedIndex),
    durableIndex: fromWire(wire.durableIndex),
    previousIndex: fromWire(wire.previousIndex),
    conflictTerm: fromWire(wire.conflictTerm),
    conflictIndex: fromWire(wire.conflictIndex),
  }
}

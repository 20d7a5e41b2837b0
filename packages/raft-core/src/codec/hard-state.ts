import type { LogPosition } from '../entry.ts'
import type { HardState, PeerMemory } from '../hard-state.ts'
import type { Member } from '../types.ts'
import { hexField, messageField, readFields, repeatedField, stringField, uintField } from './reader.ts'
import { Writer } from './writer.ts'

/** HardState of proto/raft/v1. */
export function encodeHardState(state: HardState): Uint8Array {
  const writer = new Writer()
    .uint(1, state.term)
    .message(2, state.votedFor && encodeMember(state.votedFor))
    .uint(3, state.epoch)
    .message(4, state.floor && new Writer().uint(1, state.floor.term).uint(2, state.floor.index).finish())
  for (const memory of state.remembered) writer.message(5, encodePeerMemory(memory))
  return writer.finish()
}

/** Reads what {@link encodeHardState} wrote. */
export function decodeHardState(bytes: Uint8Array): HardState {
  const fields = readFields(bytes)
  const votedFor = messageField(fields, 2)
  const floor = messageField(fields, 4)
  return {
    term: uintField(fields, 1),
    votedFor: votedFor && decodeMember(votedFor),
    epoch: uintField(fields, 3),
    floor: floor && decodeFloor(floor),
    remembered: repeatedField(fields, 5).map(decodePeerMemory),
  }
}

function encodeMember(member: Member): Uint8Array {
  return new Writer().string(1, member.id).hex(2, member.incarnation).finish()
}

function decodeMember(bytes: Uint8Array): Member {
  const fields = readFields(bytes)
  return { id: stringField(fields, 1), incarnation: hexField(fields, 2) }
}

function decodeFloor(bytes: Uint8Array): LogPosition {
  const fields = readFields(bytes)
  return { term: uintField(fields, 1), index: uintField(fields, 2) }
}

function encodePeerMemory(memory: PeerMemory): Uint8Array {
  return new Writer()
    .message(1, encodeMember(memory.member))
    .uint(2, memory.term)
    .uint(3, memory.lastLogTerm)
    .uint(4, memory.lastLogIndex)
    .uint(5, memory.bootCounter)
    .hex(6, memory.bootNonce)
    .finish()
}

function decodePeerMemory(bytes: Uint8Array): PeerMemory {
  const fields = readFields(bytes)
  return {
    member: decodeMember(messageField(fields, 1) ?? new Uint8Array(0)),
    term: uintField(fields, 2),
    lastLogTerm: uintField(fields, 3),
    lastLogIndex: uintField(fields, 4),
    bootCounter: uintField(fields, 5),
    bootNonce: hexField(fields, 6),
  }
}

import { crc32 } from 'node:zlib'
import { decodeEntry, type Entry, type Identify, type MemberStage, type Message } from 'raft-core'
import type { raft } from '../../gen/raft.js'
import { TransportError } from '../errors.ts'
import { bytesFrom, fromWire, hexFrom, toWire } from './numbers.ts'
import {
  configurationFromWire,
  configurationToWire,
  memoryFromWire,
  memoryToWire,
  metadataFromWire,
  metadataToWire,
  recordFromWire,
  recordToWire,
  serverFromWire,
  serverToWire,
} from './parts.ts'

/** The fields of an envelope that say which message it holds. */
export type WireMessage = Omit<
  Parameters<typeof raft.v1.Envelope.encode>[0],
  'version' | 'clusterId' | 'epoch' | 'from'
>

const stages: readonly MemberStage[] = ['empty', 'promised', 'founded', 'waiting']

/** The message as its field of the envelope. Entries go as the records that they are. */
export function messageToWire(message: Message): WireMessage {
  switch (message.kind) {
    case 'voteRequest':
      return { voteRequest: toWire(message) }
    case 'voteResponse':
      return { voteResponse: toWire(message) }
    case 'appendRequest':
      return {
        appendRequest: {
          ...toWire(message),
          records: message.entries.map(({ record }) => record),
          remembered: message.remembered.map(memoryToWire),
        },
      }
    case 'appendResponse':
      return { appendResponse: toWire(message) }
    case 'heartbeat':
      return { heartbeat: toWire(message) }
    case 'heartbeatResponse':
      return { heartbeatResponse: toWire(message) }
    case 'timeoutNow':
      return { timeoutNow: toWire(message) }
    case 'snapshotChunk':
      return { snapshotChunk: { ...toWire(message), metadata: metadataToWire(message.metadata) } }
    case 'snapshotChunkResponse':
      return { snapshotChunkResponse: toWire(message) }
    case 'identify':
      return { identify: identifyToWire(message) }
    case 'admit':
      return {
        admit: { ...message, server: serverToWire(message.server), genesisHash: bytesFrom(message.genesisHash) },
      }
    case 'application':
      return { application: message }
  }
}

/** The message of a decoded envelope. `MESSAGE_INVALID` when there is none, or when it holds what cannot be. */
export function messageFromWire(wire: raft.v1.Envelope): Message {
  const { voteRequest, voteResponse, appendRequest, appendResponse, heartbeat, heartbeatResponse } = wire
  const { timeoutNow, snapshotChunk, snapshotChunkResponse, identify, admit, application } = wire
  if (voteRequest) {
    return {
      kind: 'voteRequest',
      term: fromWire(voteRequest.term),
      lastLogIndex: fromWire(voteRequest.lastLogIndex),
      lastLogTerm: fromWire(voteRequest.lastLogTerm),
      preVote: voteRequest.preVote ?? false,
      transfer: voteRequest.transfer ?? false,
    }
  }
  if (voteResponse) {
    return {
      kind: 'voteResponse',
      term: fromWire(voteResponse.term),
      requestTerm: fromWire(voteResponse.requestTerm),
      preVote: voteResponse.preVote ?? false,
      granted: voteResponse.granted ?? false,
    }
  }
  if (appendRequest) {
    return {
      kind: 'appendRequest',
      term: fromWire(appendRequest.term),
      previousIndex: fromWire(appendRequest.previousIndex),
      previousTerm: fromWire(appendRequest.previousTerm),
      commit: fromWire(appendRequest.commit),
      round: fromWire(appendRequest.round),
      entries: (appendRequest.records ?? []).map(entryFromWire),
      remembered: (appendRequest.remembered ?? []).map(memoryFromWire),
    }
  }
  if (appendResponse) {
    return {
      kind: 'appendResponse',
      term: fromWire(appendResponse.term),
      round: fromWire(appendResponse.round),
      accepted: appendResponse.accepted ?? false,
      acceptedIndex: fromWire(appendResponse.acceptedIndex),
      durableIndex: fromWire(appendResponse.durableIndex),
      previousIndex: fromWire(appendResponse.previousIndex),
      conflictTerm: fromWire(appendResponse.conflictTerm),
      conflictIndex: fromWire(appendResponse.conflictIndex),
    }
  }
  if (heartbeat) {
    return {
      kind: 'heartbeat',
      term: fromWire(heartbeat.term),
      round: fromWire(heartbeat.round),
      commit: fromWire(heartbeat.commit),
      sentIndex: fromWire(heartbeat.sentIndex),
    }
  }
  if (heartbeatResponse) {
    return {
      kind: 'heartbeatResponse',
      term: fromWire(heartbeatResponse.term),
      round: fromWire(heartbeatResponse.round),
      sentIndex: fromWire(heartbeatResponse.sentIndex),
      acceptedIndex: fromWire(heartbeatResponse.acceptedIndex),
      durableIndex: fromWire(heartbeatResponse.durableIndex),
    }
  }
  if (timeoutNow) {
    return { kind: 'timeoutNow', term: fromWire(timeoutNow.term), lastLogIndex: fromWire(timeoutNow.lastLogIndex) }
  }
  if (snapshotChunk) {
    return {
      kind: 'snapshotChunk',
      term: fromWire(snapshotChunk.term),
      metadata: metadataFromWire(snapshotChunk.metadata),
      size: fromWire(snapshotChunk.size),
      offset: fromWire(snapshotChunk.offset),
      data: snapshotChunk.data ?? new Uint8Array(0),
      round: fromWire(snapshotChunk.round),
    }
  }
  if (snapshotChunkResponse) {
    return {
      kind: 'snapshotChunkResponse',
      term: fromWire(snapshotChunkResponse.term),
      snapshotIndex: fromWire(snapshotChunkResponse.snapshotIndex),
      snapshotTerm: fromWire(snapshotChunkResponse.snapshotTerm),
      nextOffset: fromWire(snapshotChunkResponse.nextOffset),
      installed: snapshotChunkResponse.installed ?? false,
      round: fromWire(snapshotChunkResponse.round),
    }
  }
  if (identify) return identifyFromWire(identify)
  if (admit) {
    return {
      kind: 'admit',
      server: serverFromWire(admit.server),
      chainId: admit.chainId ?? '',
      genesisHash: hexFrom(admit.genesisHash),
    }
  }
  if (application) {
    const { channel, payload } = application
    return { kind: 'application', channel: channel ?? '', payload: payload ?? new Uint8Array(0) }
  }
  throw new TransportError('MESSAGE_INVALID', 'an envelope holds no message that this version knows')
}

/** A view of the record, its checksum verified. */
function entryFromWire(record: Uint8Array): Entry {
  const entry = decodeEntry(record, 0, crc32)
  if (entry.record.length < record.length) {
    throw new TransportError('MESSAGE_INVALID', 'something follows an entry inside its record')
  }
  return entry
}

function identifyToWire(message: Identify): NonNullable<WireMessage['identify']> {
  const { record, configuration, leaderId } = message
  return {
    ...toWire(message),
    genesisHash: bytesFrom(message.genesisHash),
    peersHash: bytesFrom(message.peersHash),
    stage: stages.indexOf(message.stage) + 1,
    record: record ? recordToWire(record) : null,
    configuration: configuration ? configurationToWire(configuration) : null,
    leaderId: leaderId ?? '',
    bootNonce: bytesFrom(message.bootNonce),
  }
}

function identifyFromWire(wire: NonNullable<raft.v1.Envelope['identify']>): Identify {
  const stage = stages[(wire.stage ?? 0) - 1]
  if (stage === undefined) throw new TransportError('MESSAGE_INVALID', 'a member of unknown stage')
  return {
    kind: 'identify',
    chainId: wire.chainId ?? '',
    genesisHash: hexFrom(wire.genesisHash),
    peersHash: hexFrom(wire.peersHash),
    stage,
    address: wire.address ?? '',
    record: wire.record ? recordFromWire(wire.record) : undefined,
    configuration: wire.configuration ? configurationFromWire(wire.configuration) : undefined,
    leaderId: wire.leaderId ? wire.leaderId : undefined,
    answerWanted: wire.answerWanted ?? false,
    bootCounter: fromWire(wire.bootCounter),
    bootNonce: hexFrom(wire.bootNonce, 8),
  }
}

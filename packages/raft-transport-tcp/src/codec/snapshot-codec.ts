import type { SnapshotChunk, SnapshotChunkResponse, SnapshotMetadata } from 'raft-core'
import { TransportError } from '../errors.ts'
import { bytesFrom, fromWire, hexFrom, toWire } from './numbers.ts'
import { configurationFromWire, configurationToWire } from './parts.ts'
import type { Shape } from './shape.ts'

const metadataVersion = 1

export function snapshotChunkToWire(message: SnapshotChunk): Shape<'SnapshotChunk'> {
  return {
    term: toWire(message.term),
    metadata: metadataToWire(message.metadata),
    size: toWire(message.size),
    offset: toWire(message.offset),
    data: message.data,
    round: toWire(message.round),
  }
}

export function snapshotChunkFromWire(wire: Shape<'SnapshotChunk'>): SnapshotChunk {
  return {
    kind: 'snapshotChunk',
    term: fromWire(wire.term),
    metadata: metadataFromWire(wire.metadata),
    size: fromWire(wire.size),
    offset: fromWire(wire.offset),
    data: wire.data ?? new Uint8Array(0),
    round: fromWire(wire.round),
  }
}

export function snapshotChunkResponseToWire(message: SnapshotChunkResponse): Shape<'SnapshotChunkResponse'> {
  return {
    term: toWire(message.term),
    snapshotIndex: toWire(message.snapshotIndex),
    snapshotTerm: toWire(message.snapshotTerm),
    nextOffset: toWire(message.nextOffset),
    installed: message.installed,
    round: toWire(message.round),
  }
}

export function snapshotChunkResponseFromWire(wire: Shape<'SnapshotChunkResponse'>): SnapshotChunkResponse {
  return {
    kind: 'snapshotChunkResponse',
    term: fromWire(wire.term),
    snapshotIndex: fromWire(wire.snapshotIndex),
    snapshotTerm: fromWire(wire.snapshotTerm),
    nextOffset: fromWire(wire.nextOffset),
    installed: wire.installed ?? false,
    round: fromWire(wire.round),
  }
}

function metadataToWire(metadata: SnapshotMetadata): Shape<'SnapshotMetadata'> {
  return {
    version: metadataVersion,
    index: toWire(metadata.index),
    term: toWire(metadata.term),
    configuration: configurationToWire(metadata.configuration),
    configurationIndex: toWire(metadata.configurationIndex),
    clusterId: bytesFrom(metadata.clusterId),
    epoch: toWire(metadata.epoch),
  }
}

function metadataFromWire(wire: Shape<'SnapshotMetadata'> | null | undefined): SnapshotMetadata {
  if (wire?.version !== metadataVersion) throw new TransportError('MESSAGE_INVALID', 'a snapshot of unknown version')
  return {
    index: fromWire(wire.index),
    term: fromWire(wire.term),
    configuration: configurationFromWire(wire.configuration),
    configurationIndex: fromWire(wire.configurationIndex),
    clusterId: hexFrom(wire.clusterId, 32),
    epoch: fromWire(wire.epoch),
  }
}

import { RaftError } from '../errors.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import { decodeConfiguration, encodeConfiguration } from './configuration.ts'
import { bytesField, hexField, readFields, uintField } from './reader.ts'
import { Writer } from './writer.ts'

const version = 1

/** SnapshotMetadata of proto/raft/v1. */
export function encodeSnapshotMetadata(metadata: SnapshotMetadata): Uint8Array {
  return new Writer()
    .uint(1, version)
    .uint(2, metadata.index)
    .uint(3, metadata.term)
    .message(4, encodeConfiguration(metadata.configuration))
    .uint(5, metadata.configurationIndex)
    .hex(6, metadata.clusterId)
    .uint(7, metadata.epoch)
    .finish()
}

/** Reads what {@link encodeSnapshotMetadata} wrote. */
export function decodeSnapshotMetadata(bytes: Uint8Array): SnapshotMetadata {
  const fields = readFields(bytes)
  if (uintField(fields, 1) !== version) {
    throw new RaftError(
      'INVALID_RECORD',
      `snapshot metadata of version ${uintField(fields, 1)}; this program reads ${version}`,
    )
  }
  return {
    index: uintField(fields, 2),
    term: uintField(fields, 3),
    configuration: decodeConfiguration(bytesField(fields, 4)),
    configurationIndex: uintField(fields, 5),
    clusterId: hexField(fields, 6),
    epoch: uintField(fields, 7),
  }
}

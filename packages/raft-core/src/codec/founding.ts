import type { Server } from '../configuration.ts'
import { RaftError } from '../errors.ts'
import type { FoundingRecord, FoundingStage, Identity } from '../founding.ts'
import type { Sha256 } from '../ports/hash.ts'
import { decodeServer, encodeServer } from './configuration.ts'
import { hexField, readFields, repeatedField, stringField, uintField } from './reader.ts'
import { bytesToHex } from './text.ts'
import { Writer } from './writer.ts'

const stageNumbers: Record<FoundingStage, number> = { promised: 1, founded: 2 }

/** Hex SHA-256 of what the founders agree on: chain id, genesis, and servers with their incarnations, sorted by id. */
export function clusterIdOf(chainId: string, genesisHash: string, servers: readonly Server[], sha256: Sha256): string {
  return bytesToHex(sha256(agreedFields(chainId, genesisHash, servers).finish()))
}

/** FoundingRecord of proto/raft/v1. */
export function encodeFoundingRecord(record: FoundingRecord): Uint8Array {
  return agreedFields(record.chainId, record.genesisHash, record.servers)
    .hex(4, record.clusterId)
    .uint(5, stageNumbers[record.stage])
    .uint(6, record.epoch)
    .finish()
}

/** Reads what {@link encodeFoundingRecord} wrote. */
export function decodeFoundingRecord(bytes: Uint8Array): FoundingRecord {
  const fields = readFields(bytes)
  const stage = uintField(fields, 5)
  if (stage !== 1 && stage !== 2)
    throw new RaftError('INVALID_RECORD', `a founding record of the unknown stage ${stage}`)
  return {
    chainId: stringField(fields, 1),
    genesisHash: hexField(fields, 2),
    servers: repeatedField(fields, 3).map(decodeServer),
    clusterId: hexField(fields, 4),
    stage: stage === 1 ? 'promised' : 'founded',
    epoch: uintField(fields, 6),
  }
}

/** Identity of proto/raft/v1. */
export function encodeIdentity(identity: Identity): Uint8Array {
  return new Writer()
    .string(1, identity.id)
    .hex(2, identity.incarnation)
    .uint(3, identity.bootCounter)
    .hex(4, identity.bootNonce)
    .finish()
}

/** Reads what {@link encodeIdentity} wrote. */
export function decodeIdentity(bytes: Uint8Array): Identity {
  const fields = readFields(bytes)
  return {
    id: stringField(fields, 1),
    incarnation: hexField(fields, 2),
    bootCounter: uintField(fields, 3),
    bootNonce: hexField(fields, 4),
  }
}

function agreedFields(chainId: string, genesisHash: string, servers: readonly Server[]): Writer {
  const writer = new Writer().string(1, chainId).hex(2, genesisHash)
  for (const server of servers) writer.message(3, encodeServer(server))
  return writer
}

import type {
  Configuration,
  FoundingRecord,
  FoundingStage,
  Member,
  PeerMemory,
  Server,
  SnapshotMetadata,
  Suffrage,
} from 'raft-core'
import type { raft } from '../../gen/raft.js'
import { TransportError } from '../errors.ts'
import { bytesFrom, fromWire, hexFrom, toWire } from './numbers.ts'

type Wire = typeof raft.v1
type Shape<Name extends keyof Wire> = Wire[Name] extends { encode(message: infer Properties): unknown }
  ? Properties
  : never

const foundingStages: readonly FoundingStage[] = ['promised', 'founded']

const suffrages: readonly Suffrage[] = ['voter', 'nonVoter', 'staging']

const metadataVersion = 1

export function memberToWire({ id, incarnation }: Member): Shape<'Member'> {
  return { id, incarnation: bytesFrom(incarnation) }
}

export function memberFromWire(wire: Shape<'Member'> | null | undefined): Member {
  return { id: wire?.id ?? '', incarnation: hexFrom(wire?.incarnation, 16) }
}

export function serverToWire(server: Server): Shape<'Server'> {
  const { id, address } = server
  return { id, address, incarnation: bytesFrom(server.incarnation), suffrage: suffrages.indexOf(server.suffrage) + 1 }
}

export function serverFromWire(wire: Shape<'Server'> | null | undefined): Server {
  const suffrage = suffrages[(wire?.suffrage ?? 0) - 1]
  if (suffrage === undefined) throw new TransportError('MESSAGE_INVALID', 'a server of unknown suffrage')
  return { id: wire?.id ?? '', incarnation: hexFrom(wire?.incarnation, 16), address: wire?.address ?? '', suffrage }
}

export function configurationToWire({ servers, outgoing }: Configuration): Shape<'Configuration'> {
  return { servers: servers.map(serverToWire), outgoing: outgoing.map(serverToWire) }
}

export function configurationFromWire(wire: Shape<'Configuration'> | null | undefined): Configuration {
  return { servers: (wire?.servers ?? []).map(serverFromWire), outgoing: (wire?.outgoing ?? []).map(serverFromWire) }
}

export function metadataToWire(metadata: SnapshotMetadata): Shape<'SnapshotMetadata'> {
  return {
    ...toWire(metadata),
    version: metadataVersion,
    configuration: configurationToWire(metadata.configuration),
    clusterId: bytesFrom(metadata.clusterId),
  }
}

export function metadataFromWire(wire: Shape<'SnapshotMetadata'> | null | undefined): SnapshotMetadata {
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

export function memoryToWire(memory: PeerMemory): Shape<'PeerMemory'> {
  return { ...toWire(memory), member: memberToWire(memory.member), bootNonce: bytesFrom(memory.bootNonce) }
}

export function memoryFromWire(wire: Shape<'PeerMemory'>): PeerMemory {
  return {
    member: memberFromWire(wire.member),
    term: fromWire(wire.term),
    lastLogTerm: fromWire(wire.lastLogTerm),
    lastLogIndex: fromWire(wire.lastLogIndex),
    bootCounter: fromWire(wire.bootCounter),
    bootNonce: hexFrom(wire.bootNonce, 8),
  }
}

export function recordToWire(record: FoundingRecord): Shape<'FoundingRecord'> {
  return {
    ...toWire(record),
    genesisHash: bytesFrom(record.genesisHash),
    servers: record.servers.map(serverToWire),
    clusterId: bytesFrom(record.clusterId),
    stage: foundingStages.indexOf(record.stage) + 1,
  }
}

export function recordFromWire(wire: Shape<'FoundingRecord'>): FoundingRecord {
  const stage = foundingStages[(wire.stage ?? 0) - 1]
  if (stage === undefined) throw new TransportError('MESSAGE_INVALID', 'a founding record of unknown stage')
  return {
    chainId: wire.chainId ?? '',
    genesisHash: hexFrom(wire.genesisHash),
    servers: (wire.servers ?? []).map(serverFromWire),
    clusterId: hexFrom(wire.clusterId, 32),
    stage,
    epoch: fromWire(wire.epoch),
  }
}

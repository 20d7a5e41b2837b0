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
import { bytesFrom, fromWire, hexFrom } from './numbers.ts'

type Wire = typeof raft.v1
type Shape<Name extends keyof Wire> = Wire[Name] extends { encode(message: infer Properties): unknown }
  ? Properties
  : never

const foundingStages: readonly FoundingStage[] = ['promised', 'founded']

const suffrages: readonly Suffrage[] = ['voter', 'nonVoter', 'staging']

export function memberToWire({ id, incarnation }: Member): Shape<'Member'> {
  return { id, incarnation: bytesFrom(incarnation) }
}

export function memberFromWire(wire: Shape<'Member'> | null | undefined): Member {
  return { id: wire?.id ?? '', incarnation: hexFrom(wire?.incarnation) }
}

export function serverToWire(server: Server): Shape<'Server'> {
  const { id, address } = server
  return { id, address, incarnation: bytesFrom(server.incarnation), suffrage: suffrages.indexOf(server.suffrage) + 1 }
}

export function serverFromWire(wire: Shape<'Server'> | null | undefined): Server {
  const suffrage = suffrages[(wire?.suffrage ?? 0) - 1]
  if (suffrage === undefined) throw new TransportError('MESSAGE_INVALID', 'a server of unknown suffrage')
  return { id: wire?.id ?? '', incarnation: hexFrom(wire?.incarnation), address: wire?.address ?? '', suffrage }
}

export function configurationToWire({ servers, outgoing }: Configuration): Shape<'Configuration'> {
  return { servers: servers.map(serverToWire), outgoing: outgoing.map(serverToWire) }
}

export function configurationFromWire(wire: Shape<'Configuration'> | null | undefined): Configuration {
  return { servers: (wire?.servers ?? []).map(serverFromWire), outgoing: (wire?.outgoing ?? []).map(serverFromWire) }
}

export function metadataToWire(metadata: SnapshotMetadata): Shape<'SnapshotMetadata'> {
  return {
    ...metadata,
    version: 1,
    configuration: configurationToWire(metadata.configuration),
    clusterId: bytesFrom(metadata.clusterId),
  }
}

export function metadataFromWire(wire: Shape<'SnapshotMetadata'> | null | undefined): SnapshotMetadata {
  return {
    index: fromWire(wire?.index),
    term: fromWire(wire?.term),
    configuration: configurationFromWire(wire?.configuration),
    configurationIndex: fromWire(wire?.configurationIndex),
    clusterId: hexFrom(wire?.clusterId),
    epoch: fromWire(wire?.epoch),
  }
}

export function memoryToWire(memory: PeerMemory): Shape<'PeerMemory'> {
  return { ...memory, member: memberToWire(memory.member), bootNonce: bytesFrom(memory.bootNonce) }
}

export function memoryFromWire(wire: Shape<'PeerMemory'>): PeerMemory {
  return {
    member: memberFromWire(wire.member),
    term: fromWire(wire.term),
    lastLogTerm: fromWire(wire.lastLogTerm),
    lastLogIndex: fromWire(wire.lastLogIndex),
    bootCounter: fromWire(wire.bootCounter),
    bootNonce: hexFrom(wire.bootNonce),
  }
}

export function recordToWire(record: FoundingRecord): Shape<'FoundingRecord'> {
  return {
    chainId: record.chainId,
    genesisHash: bytesFrom(record.genesisHash),
    servers: record.servers.map(serverToWire),
    clusterId: bytesFrom(record.clusterId),
    stage: foundingStages.indexOf(record.stage) + 1,
    epoch: record.epoch,
  }
}

export function recordFromWire(wire: Shape<'FoundingRecord'>): FoundingRecord {
  return {
    chainId: wire.chainId ?? '',
    genesisHash: hexFrom(wire.genesisHash),
    servers: (wire.servers ?? []).map(serverFromWire),
    clusterId: hexFrom(wire.clusterId),
    stage: foundingStages[(wire.stage ?? 0) - 1] ?? 'promised',
    epoch: fromWire(wire.epoch),
  }
}

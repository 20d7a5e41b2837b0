import type { Admit, FoundingRecord, FoundingStage, Identify, MemberStage } from 'raft-core'
import { TransportError } from '../errors.ts'
import { bytesFrom, fromWire, hexFrom, toWire } from './numbers.ts'
import { configurationFromWire, configurationToWire, serverFromWire, serverToWire } from './parts.ts'
import type { Shape } from './shape.ts'

const memberStages: readonly MemberStage[] = ['empty', 'promised', 'founded', 'waiting']

const foundingStages: readonly FoundingStage[] = ['promised', 'founded']

export function identifyToWire(message: Identify): Shape<'Identify'> {
  const { record, configuration, leaderId } = message
  return {
    chainId: message.chainId,
    genesisHash: bytesFrom(message.genesisHash),
    peersHash: bytesFrom(message.peersHash),
    stage: memberStages.indexOf(message.stage) + 1,
    address: message.address,
    record: record ? recordToWire(record) : null,
    configuration: configuration ? configurationToWire(configuration) : null,
    leaderId: leaderId ?? '',
    answerWanted: message.answerWanted,
    bootCounter: toWire(message.bootCounter),
    bootNonce: bytesFrom(message.bootNonce),
  }
}

export function identifyFromWire(wire: Shape<'Identify'>): Identify {
  const stage = memberStages[(wire.stage ?? 0) - 1]
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

export function admitToWire(message: Admit): Shape<'Admit'> {
  const { server, chainId, genesisHash } = message
  return { server: serverToWire(server), chainId, genesisHash: bytesFrom(genesisHash) }
}

export function admitFromWire(wire: Shape<'Admit'>): Admit {
  return {
    kind: 'admit',
    server: serverFromWire(wire.server),
    chainId: wire.chainId ?? '',
    genesisHash: hexFrom(wire.genesisHash),
  }
}

function recordToWire(record: FoundingRecord): Shape<'FoundingRecord'> {
  return {
    chainId: record.chainId,
    genesisHash: bytesFrom(record.genesisHash),
    servers: record.servers.map(serverToWire),
    clusterId: bytesFrom(record.clusterId),
    stage: foundingStages.indexOf(record.stage) + 1,
    epoch: toWire(record.epoch),
  }
}

function recordFromWire(wire: Shape<'FoundingRecord'>): FoundingRecord {
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

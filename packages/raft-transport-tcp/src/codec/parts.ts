import type { Configuration, Member, PeerMemory, Server, Suffrage } from 'raft-core'
import { TransportError } from '../errors.ts'
import { bytesFrom, fromWire, hexFrom, toWire } from './numbers.ts'
import type { Shape } from './shape.ts'

const suffrages: readonly Suffrage[] = ['voter', 'nonVoter', 'staging']

export function memberToWire({ id, incarnation }: Member): Shape<'Member'> {
  return { id, incarnation: bytesFrom(incarnation) }
}

export function memberFromWire(wire: Shape<'Member'> | null | undefined): Member {
  return { id: wire?.id ?? '', incarnation: hexFrom(wire?.incarnation, 16) }
}

export function serverToWire(server: Server): Shape<'Server'> {
  const { id, incarnation, address, suffrage } = server
  return { id, incarnation: bytesFrom(incarnation), address, suffrage: suffrages.indexOf(suffrage) + 1 }
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

export function memoryToWire(memory: PeerMemory): Shape<'PeerMemory'> {
  return {
    member: memberToWire(memory.member),
    term: toWire(memory.term),
    lastLogTerm: toWire(memory.lastLogTerm),
    lastLogIndex: toWire(memory.lastLogIndex),
    bootCounter: toWire(memory.bootCounter),
    bootNonce: bytesFrom(memory.bootNonce),
  }
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

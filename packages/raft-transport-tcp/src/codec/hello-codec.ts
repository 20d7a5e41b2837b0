import { protocolVersion, type TransportSelf } from 'raft-core'
import { raft } from '../../gen/raft.js'
import { TransportError } from '../errors.ts'
import { bytesFrom, fromWire, hexFrom } from './numbers.ts'
import { memberFromWire, memberToWire } from './parts.ts'

/** What each side of a connection says first. */
export interface Hello extends TransportSelf {
  readonly lowestVersion: number
  readonly highestVersion: number
  /** Whom the dialer expects; empty in an answer. */
  readonly toId: string
}

/** Why a connection is refused by name. */
export interface Rejection {
  readonly code: string
  readonly reason: string
}

export function helloOf(self: TransportSelf, toId: string): Hello {
  return { ...self, lowestVersion: protocolVersion, highestVersion: protocolVersion, toId }
}

/** Hello of proto/raft/v1. */
export function encodeHello(hello: Hello): Uint8Array {
  const { clusterId, member, bootNonce } = hello
  const wire = {
    ...hello,
    clusterId: bytesFrom(clusterId),
    member: memberToWire(member),
    bootNonce: bytesFrom(bootNonce),
  }
  return raft.v1.Hello.encode(wire).finish()
}

/** Reads a hello. `MESSAGE_INVALID` when it is none. */
export function decodeHello(bytes: Uint8Array): Hello {
  const wire = decoded(() => raft.v1.Hello.decode(bytes))
  const member = memberFromWire(wire.member)
  if (member.id === '' || member.incarnation === '')
    throw new TransportError('MESSAGE_INVALID', 'a hello without a name')
  return {
    lowestVersion: wire.lowestVersion,
    highestVersion: wire.highestVersion,
    clusterId: hexFrom(wire.clusterId),
    epoch: fromWire(wire.epoch),
    member,
    bootCounter: fromWire(wire.bootCounter),
    bootNonce: hexFrom(wire.bootNonce),
    toId: wire.toId,
  }
}

/** Rejection of proto/raft/v1. */
export function encodeRejection(rejection: Rejection): Uint8Array {
  return raft.v1.Rejection.encode(rejection).finish()
}

export function decodeRejection(bytes: Uint8Array): Rejection {
  const { code, reason } = decoded(() => raft.v1.Rejection.decode(bytes))
  return { code, reason }
}

function decoded<Message>(decode: () => Message): Message {
  try {
    return decode()
  } catch (cause) {
    throw new TransportError('MESSAGE_INVALID', 'a frame holds no readable hello', { cause })
  }
}

import { protocolVersion, type TransportSelf } from 'raft-core'
import { raft } from '../../gen/raft.js'
import { TransportError } from '../errors.ts'
import { decoded } from './decoded.ts'
import { bytesFrom, fromWire, hexFrom, toWire } from './numbers.ts'
import { memberFromWire, memberToWire } from './parts.ts'

/** What each side of a connection says first. */
export interface Hello extends TransportSelf {
  readonly lowestVersion: number
  readonly highestVersion: number
  /** Whom the dialer expects; empty in an answer. */
  readonly toId: string
}

/** What `self` says to a peer that it dialed, or, with an empty `toId`, in answer to one that dialed it. */
export function helloOf(self: TransportSelf, toId: string): Hello {
  return { ...self, lowestVersion: protocolVersion, highestVersion: protocolVersion, toId }
}

/** Hello of proto/raft/v1. */
export function encodeHello(hello: Hello): Uint8Array {
  return raft.v1.Hello.encode({
    lowestVersion: toWire(hello.lowestVersion),
    highestVersion: toWire(hello.highestVersion),
    clusterId: bytesFrom(hello.clusterId),
    epoch: toWire(hello.epoch),
    member: memberToWire(hello.member),
    bootCounter: toWire(hello.bootCounter),
    bootNonce: bytesFrom(hello.bootNonce),
    toId: hello.toId,
  }).finish()
}

/** Reads a hello. `MESSAGE_INVALID` when it is none. */
export function decodeHello(bytes: Uint8Array): Hello {
  return decoded('hello', () => {
    const wire = raft.v1.Hello.decode(bytes)
    const member = memberFromWire(wire.member)
    if (member.id === '' || member.incarnation === '') {
      throw new TransportError('MESSAGE_INVALID', 'a hello does not say whose it is')
    }
    return {
      lowestVersion: wire.lowestVersion,
      highestVersion: wire.highestVersion,
      clusterId: hexFrom(wire.clusterId, 32),
      epoch: fromWire(wire.epoch),
      member,
      bootCounter: fromWire(wire.bootCounter),
      bootNonce: hexFrom(wire.bootNonce, 8),
      toId: wire.toId,
    }
  })
}

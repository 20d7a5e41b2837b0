import type { Envelope } from 'raft-core'
import { raft } from '../../gen/raft.js'
import { TransportError } from '../errors.ts'
import { decoded } from './decoded.ts'
import { messageFromWire, messageToWire } from './message-codec.ts'
import { bytesFrom, fromWire, hexFrom, toWire } from './numbers.ts'
import { memberFromWire, memberToWire } from './parts.ts'
import type { Shape } from './shape.ts'
import { weigh } from './weigh.ts'

/** Envelope of proto/raft/v1. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const wire: Shape<'Envelope'> = {
    version: toWire(envelope.version),
    clusterId: bytesFrom(envelope.clusterId),
    epoch: toWire(envelope.epoch),
    from: memberToWire(envelope.from),
  }
  messageToWire(envelope.message, wire)
  return raft.v1.Envelope.encode(wire).finish()
}

/** Reads an envelope from a peer. Whatever is wrong with the bytes is `MESSAGE_INVALID`. The bytes of entries are views. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  return decoded('message', () => {
    weigh(bytes)
    const wire = raft.v1.Envelope.decode(bytes)
    const from = memberFromWire(wire.from)
    if (from.id === '') throw new TransportError('MESSAGE_INVALID', 'an envelope does not say whom it is from')
    const { version, clusterId, epoch } = wire
    return { version, clusterId: hexFrom(clusterId, 32), epoch: fromWire(epoch), from, message: messageFromWire(wire) }
  })
}

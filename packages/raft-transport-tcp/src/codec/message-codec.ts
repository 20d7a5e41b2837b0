import type { Message } from 'raft-core'
import { TransportError } from '../errors.ts'
import {
  appendRequestFromWire,
  appendRequestToWire,
  appendResponseFromWire,
  appendResponseToWire,
} from './append-codec.ts'
import { admitFromWire, admitToWire, identifyFromWire, identifyToWire } from './formation-codec.ts'
import {
  heartbeatFromWire,
  heartbeatResponseFromWire,
  heartbeatResponseToWire,
  heartbeatToWire,
} from './heartbeat-codec.ts'
import type { Shape } from './shape.ts'
import {
  snapshotChunkFromWire,
  snapshotChunkResponseFromWire,
  snapshotChunkResponseToWire,
  snapshotChunkToWire,
} from './snapshot-codec.ts'
import {
  timeoutNowFromWire,
  timeoutNowToWire,
  voteRequestFromWire,
  voteRequestToWire,
  voteResponseFromWire,
  voteResponseToWire,
} from './votes-codec.ts'

/** Sets the field of the envelope that is the message's. */
export function messageToWire(message: Message, envelope: Shape<'Envelope'>): void {
  switch (message.kind) {
    case 'voteRequest':
      envelope.voteRequest = voteRequestToWire(message)
      break
    case 'voteResponse':
      envelope.voteResponse = voteResponseToWire(message)
      break
    case 'appendRequest':
      envelope.appendRequest = appendRequestToWire(message)
      break
    case 'appendResponse':
      envelope.appendResponse = appendResponseToWire(message)
      break
    case 'heartbeat':
      envelope.heartbeat = heartbeatToWire(message)
      break
    case 'heartbeatResponse':
      envelope.heartbeatResponse = heartbeatResponseToWire(message)
      break
    case 'timeoutNow':
      envelope.timeoutNow = timeoutNowToWire(message)
      break
    case 'snapshotChunk':
      envelope.snapshotChunk = snapshotChunkToWire(message)
      break
    case 'snapshotChunkResponse':
      envelope.snapshotChunkResponse = snapshotChunkResponseToWire(message)
      break
    case 'identify':
      envelope.identify = identifyToWire(message)
      break
    case 'admit':
      envelope.admit = admitToWire(message)
      break
    case 'application':
      envelope.application = { channel: message.channel, payload: message.payload }
      break
  }
}

/** The message of a decoded envelope. `MESSAGE_INVALID` when there is none, or when it holds what cannot be. */
export function messageFromWire(wire: Shape<'Envelope'>): Message {
  if (wire.appendRequest) return appendRequestFromWire(wire.appendRequest)
  if (wire.appendResponse) return appendResponseFromWire(wire.appendResponse)
  if (wire.heartbeat) return heartbeatFromWire(wire.heartbeat)
  if (wire.heartbeatResponse) return heartbeatResponseFromWire(wire.heartbeatResponse)
  if (wire.voteRequest) return voteRequestFromWire(wire.voteRequest)
  if (wire.voteResponse) return voteResponseFromWire(wire.voteResponse)
  if (wire.timeoutNow) return timeoutNowFromWire(wire.timeoutNow)
  if (wire.snapshotChunk) return snapshotChunkFromWire(wire.snapshotChunk)
  if (wire.snapshotChunkResponse) return snapshotChunkResponseFromWire(wire.snapshotChunkResponse)
  if (wire.identify) return identifyFromWire(wire.identify)
  if (wire.admit) return admitFromWire(wire.admit)
  if (wire.application) {
    const { channel, payload } = wire.application
    return { kind: 'application', channel: channel ?? '', payload: payload ?? new Uint8Array(0) }
  }
  throw new TransportError('MESSAGE_INVALID', 'an envelope holds no message that this version knows')
}

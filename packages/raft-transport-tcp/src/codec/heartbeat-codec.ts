import type { Heartbeat, HeartbeatResponse } from 'raft-core'
import { fromWire, toWire } from './numbers.ts'
import type { Shape } from './shape.ts'

export function heartbeatToWire(message: Heartbeat): Shape<'Heartbeat'> {
  return {
    term: toWire(message.term),
    round: toWire(message.round),
    commit: toWire(message.commit),
    sentIndex: toWire(message.sentIndex),
  }
}

export function heartbeatFromWire(wire: Shape<'Heartbeat'>): Heartbeat {
  return {
    kind: 'heartbeat',
    term: fromWire(wire.term),
    round: fromWire(wire.round),
    commit: fromWire(wire.commit),
    sentIndex: fromWire(wire.sentIndex),
  }
}

export function heartbeatResponseToWire(message: HeartbeatResponse): Shape<'HeartbeatResponse'> {
  return {
    term: toWire(message.term),
    round: toWire(message.round),
    sentIndex: toWire(message.sentIndex),
    acceptedIndex: toWire(message.acceptedIndex),
    durableIndex: toWire(message.durableIndex),
  }
}

export function heartbeatResponseFromWire(wire: Shape<'HeartbeatResponse'>): HeartbeatResponse {
  return {
    kind: 'heartbeatResponse',
    term: fromWire(wire.term),
    round: fromWire(wire.round),
    sentIndex: fromWire(wire.sentIndex),
    acceptedIndex: fromWire(wire.acceptedIndex),
    durableIndex: fromWire(wire.durableIndex),
  }
}

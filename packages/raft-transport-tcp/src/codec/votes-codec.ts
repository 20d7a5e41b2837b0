import type { TimeoutNow, VoteRequest, VoteResponse } from 'raft-core'
import { fromWire, toWire } from './numbers.ts'
import type { Shape } from './shape.ts'

export function voteRequestToWire(message: VoteRequest): Shape<'VoteRequest'> {
  return {
    term: toWire(message.term),
    lastLogIndex: toWire(message.lastLogIndex),
    lastLogTerm: toWire(message.lastLogTerm),
    preVote: message.preVote,
    transfer: message.transfer,
  }
}

export function voteRequestFromWire(wire: Shape<'VoteRequest'>): VoteRequest {
  return {
    kind: 'voteRequest',
    term: fromWire(wire.term),
    lastLogIndex: fromWire(wire.lastLogIndex),
    lastLogTerm: fromWire(wire.lastLogTerm),
    preVote: wire.preVote ?? false,
    transfer: wire.transfer ?? false,
  }
}

export function voteResponseToWire(message: VoteResponse): Shape<'VoteResponse'> {
  return {
    term: toWire(message.term),
    requestTerm: toWire(message.requestTerm),
    preVote: message.preVote,
    granted: message.granted,
  }
}

export function voteResponseFromWire(wire: Shape<'VoteResponse'>): VoteResponse {
  return {
    kind: 'voteResponse',
    term: fromWire(wire.term),
    requestTerm: fromWire(wire.requestTerm),
    preVote: wire.preVote ?? false,
    granted: wire.granted ?? false,
  }
}

export function timeoutNowToWire(message: TimeoutNow): Shape<'TimeoutNow'> {
  return { term: toWire(message.term), lastLogIndex: toWire(message.lastLogIndex) }
}

export function timeoutNowFromWire(wire: Shape<'TimeoutNow'>): TimeoutNow {
  return { kind: 'timeoutNow', term: fromWire(wire.term), lastLogIndex: fromWire(wire.lastLogIndex) }
}

import type { PeerDownReason } from 'raft-core'
import type { Rejection } from '../codec/rejection-codec.ts'
import { TransportError } from '../errors.ts'

/** Why a peer is not connected, for the node and, in words, for the log. */
export interface Down {
  readonly reason: PeerDownReason
  readonly detail: string
}

/** Rejections for damage on the way, of which the next connection may be free. */
const damageCodes: ReadonlySet<string> = new Set(['FRAME_TOO_LARGE', 'FRAME_DAMAGED', 'MESSAGE_INVALID'])

/** What a rejection means. `wasUp`: the hello was answered before. */
export function rejectedAs({ code, reason }: Rejection, wasUp: boolean): Down {
  const detail = `it says ${code}: ${reason}`
  // It lives, but there is nothing to be corrected by name.
  if (code === 'BUSY' || code === 'HELLO_MISSING') return { reason: wasUp ? 'closed' : 'unreachable', detail }
  return { reason: wasUp && damageCodes.has(code) ? 'closed' : 'rejected', detail }
}

/** What the end of a connection means on which the peer said nothing of it. */
export function endedAs(error: Error | undefined, wasUp: boolean): Down {
  const detail = error?.message || 'the connection was closed'
  if (wasUp) return { reason: 'closed', detail }
  // Something else than a Raft node listens there.
  if (error instanceof TransportError) return { reason: 'rejected', detail }
  return { reason: isDead(error) ? 'refused' : 'unreachable', detail }
}

/** True when only a dead process ends a connection like this: refused, or closed before any answer. */
function isDead(error: Error | undefined): boolean {
  if (error === undefined) return true
  // A name with several addresses: nobody may listen on any.
  if (error instanceof AggregateError)
    return error.errors.every((each: unknown) => each instanceof Error && isDead(each))
  const code = 'code' in error ? error.code : undefined
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE'
}

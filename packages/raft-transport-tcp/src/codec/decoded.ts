import { RaftError } from 'raft-core'
import { TransportError } from '../errors.ts'

/**
 * What `decode` makes of bytes from a peer. Whatever it throws is `MESSAGE_INVALID`: generated code throws plain errors, and
 * `RangeError` on bytes nested too deep.
 */
export function decoded<Message>(what: string, decode: () => Message): Message {
  try {
    return decode()
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    const why = cause instanceof RaftError ? `: ${cause.message}` : ''
    throw new TransportError('MESSAGE_INVALID', `a frame holds no readable ${what}${why}`, { cause })
  }
}

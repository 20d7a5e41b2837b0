import { raft } from '../../gen/raft.js'
import { decoded } from './decoded.ts'

/** Why a connection is refused or given up, as its peer is told. */
export interface Rejection {
  readonly code: string
  readonly reason: string
}

/** Longer texts of a peer are cut: they end up in logs. */
const textLimit = 500

/** Rejection of proto/raft/v1. */
export function encodeRejection(rejection: Rejection): Uint8Array {
  return raft.v1.Rejection.encode(rejection).finish()
}

/** Reads a rejection. `MESSAGE_INVALID` when it is none. */
export function decodeRejection(bytes: Uint8Array): Rejection {
  const { code, reason } = decoded('rejection', () => raft.v1.Rejection.decode(bytes))
  return { code: code.slice(0, textLimit), reason: reason.slice(0, textLimit) }
}

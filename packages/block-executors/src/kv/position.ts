import type { TransactionResult } from 'block-fsm'

/** Where the state stands: after which block, with which root, and what that block gave. */
export interface Position {
  readonly height: number
  readonly hash: Uint8Array
  readonly stateRoot: Uint8Array
  readonly results: readonly TransactionResult[]
}

export function encodePosition({ height, hash, stateRoot, results }: Position): Buffer {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  return Buffer.from(JSON.stringify({ height, hash: hex(hash), stateRoot: hex(stateRoot), results }))
}

export function decodePosition(bytes: Uint8Array): Position {
  const { height, hash, stateRoot, results } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
    height: number
    hash: string
    stateRoot: string
    results: TransactionResult[]
  }
  const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))
  return { height, hash: bytesOf(hash), stateRoot: bytesOf(stateRoot), results }
}

import type { ExecutionResult, Hash, Height, TransactionResult } from 'block-fsm'
import { FieldReader, fields, numberField } from '../disk/fields.ts'
import { bytesOf } from './transaction.ts'
import type { Version } from './testapp-path.ts'

/**
 * Keys: `s` generation name: an entry of the state, `v` generation length key height: a value that was written, `r` height: what
 * execution gave. An imported state is written under the next generation, so that it takes the place of the old one at once.
 */
export function entryKey(generation: number, name: string): Buffer {
  return Buffer.concat([prefixOf('s', generation), bytesOf(name)])
}

export function entryName(key: Uint8Array): string {
  return Buffer.from(key).toString('latin1', 5)
}

export function versionKey(generation: number, { key, height }: Version): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(key.length)
  return Buffer.concat([prefixOf('v', generation), length, bytesOf(key), numberField(height)])
}

export function prefixOf(kind: 's' | 'v', generation: number): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.write(kind, 'latin1')
  prefix.writeUInt32BE(generation, 1)
  return prefix
}

export function resultKey(height: Height): Buffer {
  return Buffer.concat([Buffer.from('r'), numberField(height)])
}

/** Where the state stands. */
export interface Position {
  readonly generation: number
  readonly height: Height
  /** Hash of the block; empty before the first. */
  readonly hash: Hash
  readonly stateRoot: Uint8Array
}

export const positionKey: Buffer = Buffer.from('!position')

/** `memory` is what the rule for roots needs to go on. The root of `testapp` is made from the entries again. */
export function encodePosition({ generation, height, hash }: Position, memory: Uint8Array): Buffer {
  return fields(numberField(generation), numberField(height), hash, memory)
}

export function decodePosition(value: Uint8Array): Omit<Position, 'stateRoot'> & { readonly memory: Uint8Array } {
  const reader = new FieldReader(value)
  return { generation: reader.number(), height: reader.number(), hash: reader.bytes(), memory: reader.bytes() }
}

/** What execution of a block gave, and on what. */
export interface Remembered {
  readonly hash: Hash
  readonly previousRoot: Uint8Array
  readonly result: ExecutionResult
}

export function encodeRemembered({ hash, previousRoot, result }: Remembered): Buffer {
  const logs = result.results.map(({ isOk, log }) => Buffer.concat([Uint8Array.of(isOk ? 1 : 0), Buffer.from(log)]))
  return fields(hash, previousRoot, result.stateRoot, ...logs)
}

export function decodeRemembered(value: Uint8Array): Remembered {
  const reader = new FieldReader(value)
  const hash = reader.bytes()
  const previousRoot = reader.bytes()
  const stateRoot = reader.bytes()
  const results: TransactionResult[] = []
  while (!reader.isAtEnd) {
    const bytes = Buffer.from(reader.bytes())
    results.push({ isOk: bytes[0] === 1, log: bytes.toString('utf8', 1) })
  }
  return { hash, previousRoot, result: { stateRoot, results } }
}

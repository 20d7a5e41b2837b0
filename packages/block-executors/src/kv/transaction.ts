import { trimSpace } from './trim-space.ts'

/** A write of `key` to `value`; each character of the texts is one byte. */
export interface Write {
  readonly key: string
  readonly value: string
}

/**
 * The write that a transaction `key=value` asks for, or why it can never do anything. White space around key and value does not
 * count. Bytes are kept as they are, also those that are no UTF-8.
 */
export function parseTransaction(tx: Uint8Array): Write | string {
  if (tx.length === 0) return 'the transaction is empty; write key=value'
  const text = textOf(tx)
  const at = text.indexOf('=')
  if (at < 0) return 'there is no "="; write key=value'
  const key = trimSpace(text.slice(0, at))
  if (key === '') return 'the key is empty; write key=value'
  return { key, value: trimSpace(text.slice(at + 1)) }
}

/** Bytes as text of one character each. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** The bytes of such a text. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

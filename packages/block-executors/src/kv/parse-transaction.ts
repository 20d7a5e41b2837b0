/**
 * UTF-8 of the characters that Go's `strings.TrimSpace` removes, as text of one character a byte. Bytes are kept as they are,
 * also those that are no UTF-8, because the root of ev-node's test application is made of them.
 */
const space =
  '(?:[\\t\\n\\v\\f\\r ]|\\xc2[\\x85\\xa0]|\\xe1\\x9a\\x80|\\xe2\\x80[\\x80-\\x8a\\xa8\\xa9\\xaf]|\\xe2\\x81\\x9f|\\xe3\\x80\\x80)'
const leading = new RegExp(`^${space}+`)
const trailing = new RegExp(`${space}+$`)

/** A write of `key` to `value`; each character is one byte. */
export interface Write {
  readonly key: string
  readonly value: string
}

/** The write that a transaction `key=value` asks for, or why it can never do anything. */
export function parseTransaction(tx: Uint8Array): Write | string {
  if (tx.length === 0) return 'the transaction is empty; write key=value'
  const text = Buffer.from(tx.buffer, tx.byteOffset, tx.byteLength).toString('latin1')
  const at = text.indexOf('=')
  if (at < 0) return 'there is no "="; write key=value'
  const key = trim(text.slice(0, at))
  if (key === '') return 'the key is empty; write key=value'
  return { key, value: trim(text.slice(at + 1)) }
}

function trim(text: string): string {
  return text.replace(leading, '').replace(trailing, '')
}

import { RaftError } from '../errors.ts'

/** Bytes of an even number of lower-case hex digits. */
export function hexToBytes(hex: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(hex)) {
    throw new RaftError(
      'INVALID_RECORD',
      `expected an even number of lower-case hex digits, got ${JSON.stringify(hex)}`,
    )
  }
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16)
  return bytes
}

/** Lower-case hex digits of the bytes. */
export function bytesToHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16)
  return hex
}

/**
 * UTF-8 of a well-formed string; written here because the language itself has no encoder. A lone surrogate is an error:
 * two ids that differ only there would become the same bytes.
 */
export function utf8ToBytes(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 0xd800 && code <= 0xdfff) throw new RaftError('INVALID_RECORD', 'a string holds half a character')
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    else
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
  }
  return Uint8Array.from(bytes)
}

/** The string that {@link utf8ToBytes} encodes to exactly these bytes; anything else is an error. */
export function bytesToUtf8(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    let code = length === 1 ? lead : lead & (0x7f >> length)
    for (let i = 1; i < length; i++) code = (code << 6) | ((bytes[at + i] ?? 0) & 0x3f)
    if (code > 0x10ffff) throw notUtf8()
    text += String.fromCodePoint(code)
    at += length
  }
  const again = utf8ToBytes(text)
  if (again.length !== bytes.length || again.some((byte, i) => byte !== bytes[i])) throw notUtf8()
  return text
}

function notUtf8(): RaftError {
  return new RaftError('INVALID_RECORD', 'a string is not UTF-8')
}

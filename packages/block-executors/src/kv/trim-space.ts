/**
 * Removes what Go's `strings.TrimSpace` removes, because the roots of ev-node's test application depend on it: Unicode's white
 * space, as UTF-8 in a text of one character a byte. Linear in the length, whatever the text.
 */
export function trimSpace(text: string): string {
  let from = 0
  let to = text.length
  for (let length = spaceAt(text, from); length > 0; length = spaceAt(text, from)) from += length
  for (let length = spaceBefore(text, to, from); length > 0; length = spaceBefore(text, to, from)) to -= length
  return text.slice(from, to)
}

const singles = new Set('\t\n\v\f\r ')
const doubles = new Set(['\u0085', '\u00a0'].map(utf8))
const triples = new Set(
  [
    '\u1680',
    ...Array.from({ length: 11 }, (_, i) => String.fromCharCode(0x2000 + i)),
    '\u2028',
    '\u2029',
    '\u202f',
    '\u205f',
    '\u3000',
  ].map(utf8),
)

/** Bytes of the white space that begins at a position; 0 when none does. */
function spaceAt(text: string, at: number): number {
  if (singles.has(text.charAt(at))) return 1
  if (doubles.has(text.slice(at, at + 2))) return 2
  return triples.has(text.slice(at, at + 3)) ? 3 : 0
}

/** Bytes of the white space that ends before a position and does not begin before `from`. */
function spaceBefore(text: string, end: number, from: number): number {
  if (end - 1 >= from && singles.has(text.charAt(end - 1))) return 1
  if (end - 2 >= from && doubles.has(text.slice(end - 2, end))) return 2
  return end - 3 >= from && triples.has(text.slice(end - 3, end)) ? 3 : 0
}

function utf8(character: string): string {
  return Buffer.from(character).toString('latin1')
}

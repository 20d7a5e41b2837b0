import { type Parsed, parsed, unparsed } from './parsed.ts'
import { quote } from './quote.ts'

/**
 * Reads a name that is used in lists, file names and metric labels: letters, digits, `-`, `_` and `.`, at most 64. Empty
 * is "not set".
 */
export function parseName(text: string): Parsed<string> {
  return text === '' || isName(text)
    ? parsed(text)
    : unparsed(`${quote(text)} is not a name; use letters, digits, "-", "_" and ".", at most 64`)
}

export function isName(text: string): boolean {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(text)
}

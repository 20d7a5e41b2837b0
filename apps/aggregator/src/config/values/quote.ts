const shownLimit = 80

/** Text of unknown origin as one word of a message: quoted, cut to 80 characters, control characters escaped. */
export function quote(text: string): string {
  return `"${oneLine(shorten(text))}"`
}

/** At most 80 characters of a text. */
export function shorten(text: string): string {
  return text.length > shownLimit ? `${text.slice(0, shownLimit)}…` : text
}

/** Text of unknown origin on one line: control characters escaped. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}

/** A value, or everything that is wrong with the text: each problem says what is wrong and, after `; `, what to do. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] }

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function unparsed(...problems: readonly string[]): Parsed<never> {
  return { ok: false, problems }
}

import { findKey } from '../keys/all-keys.ts'
import type { KeySpec } from '../keys/key-spec.ts'

/** Words of the command line that belong together. */
export type FlagToken =
  | {
      readonly kind: 'flag'
      /** As written, without `--` and value. */
      readonly name: string
      /** Without `evnode.` or `rollkit.`. */
      readonly key: string
      /** `undefined` when there is none and the key needs one. */
      readonly value: string | undefined
      readonly words: readonly string[]
    }
  | { readonly kind: 'rest'; readonly words: readonly string[] }

/** Cuts a command line into flags of the configuration and other words. */
export function* flagTokens(args: readonly string[]): Generator<FlagToken> {
  for (let at = 0; at < args.length; ) {
    const token = args[at] === '--' ? rest(args.slice(at)) : flagToken(args[at]!, args[at + 1])
    yield token
    at += token.words.length
  }
}

function flagToken(word: string, next: string | undefined): FlagToken {
  const match = /^--([^=]*)(?:=(.*))?$/s.exec(word)
  if (!match) return rest([word])
  const [, name = '', inline] = match
  const key = name.replace(/^(evnode|rollkit)\./, '')
  const spec = findKey(key)
  // A mistyped key has a dot; anything else unknown may be an option of the command.
  if (!spec && !name.includes('.')) return rest([word])
  if (inline !== undefined) return { kind: 'flag', name, key, value: inline, words: [word] }
  if (takesNext(spec, next)) return { kind: 'flag', name, key, value: next, words: [word, next!] }
  return { kind: 'flag', name, key, value: spec?.kind === 'bool' ? 'true' : undefined, words: [word] }
}

/** Whether the next word is this flag's value. A bare boolean takes only what can be nothing else. */
function takesNext(spec: KeySpec | undefined, next: string | undefined): boolean {
  if (next === undefined) return false
  return spec?.kind === 'bool' ? next === 'true' || next === 'false' : !next.startsWith('--')
}

function rest(words: readonly string[]): FlagToken {
  return { kind: 'rest', words }
}

import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { type FileValue, readFileValues } from './file-values.ts'
import type { SourceReading } from './setting.ts'
import { unreadable } from './unreadable.ts'

/** Reads ev-node's `evnode.yaml`. A syntax error is reported with its line. Anchors and aliases are not taken. */
export function readYamlFile(file: string, text: string): SourceReading {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const error = document.errors[0]
  if (error)
    return unreadable(
      'evnode.yaml',
      `${file}:${lines.linePos(error.pos[0]).line}`,
      `is not YAML: ${error.message}; correct it`,
    )
  const lineOf = (node: unknown): string => `${file}:${lines.linePos(positionOf(node)).line}`
  return readFileValues([...leaves(document.contents, [], lineOf)])
}

function* leaves(node: unknown, path: readonly string[], lineOf: (node: unknown) => string): Generator<FileValue> {
  if (isNull(node)) return
  if (!isMap(node)) {
    yield { path: path.length === 0 ? ['(the whole file)'] : path, text: textOf(node), label: lineOf(node) }
    return
  }
  if (node.items.length === 0 && path.length > 0) yield { path, text: null, label: lineOf(node) }
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '(a name that is no text)'
    yield* leaves(value, [...path, name], lineOf)
  }
}

/** `key:` and `key: null` leave the key as it is. */
function isNull(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null)
}

/** Text as it was written, so that `007` stays what it is; quotes and blocks are resolved. */
function textOf(node: unknown): string | undefined {
  if (isScalar(node)) return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
  if (!isSeq(node)) return undefined
  const words = node.items.map((word) => (isScalar(word) ? textOf(word) : undefined))
  return words.includes(undefined) ? undefined : words.join(',')
}

function positionOf(node: unknown): number {
  const range = (node as { readonly range?: readonly number[] | null } | null)?.range
  return range?.[0] ?? 0
}

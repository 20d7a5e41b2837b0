import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Figures, Scale } from '../stories/story.ts'

/** One telling of a story: a line of the log. */
export interface Telling {
  /** ISO 8601. */
  readonly date: string
  readonly commit: string
  /** The commit is not the whole truth: there were changes beside it. */
  readonly isChanged: boolean
  readonly node: string
  readonly scale: Scale
  readonly story: number
  readonly passed: boolean
  readonly seconds: number
  readonly scenes: readonly { readonly scene: string; readonly figures: Figures }[]
}

export function appendTelling(file: string, telling: Telling): void {
  mkdirSync(dirname(file), { recursive: true })
  appendFileSync(file, `${JSON.stringify(telling)}\n`)
}

/** All lines of the log; none when there is no log. */
export function readTellings(file: string): readonly Telling[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Telling)
}

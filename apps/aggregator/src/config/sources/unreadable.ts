import { oneLine } from '../values/quote.ts'
import type { SourceReading } from './setting.ts'

/** What is left of a file that could not be read or parsed: one error in the place of its values. */
export function unreadable(name: string, where: string, problem: string): SourceReading {
  return { settings: [], errors: [{ key: name, source: oneLine(where), problem: oneLine(problem) }] }
}

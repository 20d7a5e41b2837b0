import { oneLine, shorten } from './values/quote.ts'

/** One thing to say about the configuration. */
export interface Finding {
  /** The key, or what was written in the place of one. */
  readonly key: string
  /** Where it was written: a flag, a variable, a file, `default`. */
  readonly source: string
  /** What is wrong; what to do. */
  readonly problem: string
}

/** The finding as one line: `key (source): what is wrong; what to do`. */
export function findingLine(finding: Finding): string {
  return `${oneLine(shorten(finding.key))} (${oneLine(finding.source)}): ${finding.problem}`
}

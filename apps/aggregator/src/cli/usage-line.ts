import { editDistance, nearestKey } from '../config/nearest.ts'
import { oneLine } from '../config/values/quote.ts'

/** What commander says of a wrong command line, as one line that names the nearest flag or command. */
export function usageLine(text: string): string {
  const [problem = '', ...more] = text.trim().split('\n')
  const said = oneLine([problem, ...more].join(' '))
  const written = /^error: unknown option '--([^'=]*)/.exec(problem)?.[1]
  if (written === undefined) return said
  const suggested = /--([\w-]+)/.exec(more.join(' '))?.[1]
  const key = nearestKey(written)
  const isNearer = suggested !== undefined && editDistance(written, suggested) < distanceOf(written, key)
  return `${oneLine(problem)} (Did you mean --${isNearer ? suggested : key}?)`
}

/** Whoever forgot the section meant the key all the same. */
function distanceOf(written: string, key: string): number {
  return Math.min(editDistance(written, key), editDistance(written, key.slice(key.lastIndexOf('.') + 1)) + 1)
}

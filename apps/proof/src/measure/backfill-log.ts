/** What a node wrote to its log about fetching history. */
export interface BackfillLog {
  /** Heights whose data was to be fetched. */
  readonly blocks: number
  /** From the beginning of work to its completion, of all times together; at least 1. */
  readonly tookMs: number
}

/** Reads the log of a node in its plain form: a line with the time of day, and indented lines with details. */
export function readBackfillLog(log: string): BackfillLog {
  const heights = new Set<number>()
  let tookMs = 0
  let beganAt: number | undefined
  for (const [entry, time = '', message] of log.matchAll(/^\[([\d:.]+)\] \w+: (backfill .*)$(?:\n +.*$)*/gm)) {
    const at = millisecondsOf(time)
    if (message === 'backfill begins a step') {
      beganAt ??= at
      for (const height of dataIn(entry)) heights.add(height)
    }
    if (message === 'backfill is complete' && beganAt !== undefined) {
      tookMs += at - beganAt
      beganAt = undefined
    }
  }
  return { blocks: heights.size, tookMs: Math.max(1, tookMs) }
}

function dataIn(entry: string): readonly number[] {
  const [, kind, first, last] = /kind: "(\w+)"\n +from: (\d+)\n +to: (\d+)/.exec(entry) ?? []
  if (kind !== 'data') return []
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i)
}

/** Of a time of day such as `13:07:30.275`. */
function millisecondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return Math.round(1000 * (60 * (60 * hours + minutes) + seconds))
}

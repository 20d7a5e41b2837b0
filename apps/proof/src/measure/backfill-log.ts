/**
 * How long a node fetched history, by its log: from the beginning of work to its completion, of all times together, at least 1 ms.
 * The log is in its plain form, a line with the time of day.
 */
export function backfillMsIn(log: string): number {
  let tookMs = 0
  let beganAt: number | undefined
  for (const [, time = '', message] of log.matchAll(/^\[([\d:.]+)\] \w+: (backfill .*)$/gm)) {
    const at = millisecondsOf(time)
    if (message === 'backfill begins a step') beganAt ??= at
    if (message !== 'backfill is complete' || beganAt === undefined) continue
    tookMs += at - beganAt
    beganAt = undefined
  }
  return Math.max(1, tookMs)
}

/** Of a time of day such as `13:07:30.275`. */
function millisecondsOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return Math.round(1000 * (60 * (60 * hours + minutes) + seconds))
}

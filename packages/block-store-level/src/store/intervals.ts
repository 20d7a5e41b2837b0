import type { Height, Interval } from 'block-fsm'

/** The intervals with `from` through `to` added: ascending, disjoint and not adjacent again. */
export function withInterval(intervals: readonly Interval[], from: Height, to: Height): readonly Interval[] {
  const last = intervals.at(-1)
  if (last === undefined || from > last.to + 1) return [...intervals, { from, to }]
  const before = intervals.filter((interval) => interval.to + 1 < from)
  const after = intervals.filter((interval) => interval.from > to + 1)
  const touched = intervals.slice(before.length, intervals.length - after.length)
  const merged = {
    from: Math.min(from, touched[0]?.from ?? from),
    to: Math.max(to, touched.at(-1)?.to ?? to),
  }
  return [...before, merged, ...after]
}

/** The intervals without every height from `from` on. */
export function withoutFrom(intervals: readonly Interval[], from: Height): readonly Interval[] {
  return intervals
    .filter((interval) => interval.from < from)
    .map((interval) => ({ from: interval.from, to: Math.min(interval.to, from - 1) }))
}

/** The interval that holds a height. */
export function intervalAt(intervals: readonly Interval[], height: Height): Interval | undefined {
  // Most questions are about the tip.
  for (let i = intervals.length - 1; i >= 0; i--) {
    const interval = intervals[i]!
    if (interval.from <= height) return height <= interval.to ? interval : undefined
  }
  return undefined
}

import type { Height, Interval } from 'block-fsm'

/** The intervals with `from` through `to` added: ascending, disjoint and not adjacent again. */
export function withInterval(intervals: readonly Interval[], from: Height, to: Height): readonly Interval[] {
  const before = intervals.filter((interval) => interval.to + 1 < from)
  const after = intervals.filter((interval) => interval.from > to + 1)
  const touched = intervals.slice(before.length, intervals.length - after.length)
  const merged = {
    from: Math.min(from, touched[0]?.from ?? from),
    to: Math.max(to, touched.at(-1)?.to ?? to),
  }
  return [...before, merged, ...after]
}

/** The interval that holds a height. */
export function intervalAt(intervals: readonly Interval[], height: Height): Interval | undefined {
  return intervals.find(({ from, to }) => from <= height && height <= to)
}

/** The lowest interval that lies wholly above a height. */
export function intervalAbove(intervals: readonly Interval[], height: Height): Interval | undefined {
  return intervals.find(({ from }) => from > height)
}

/** How many heights between `from` and `to` the intervals hold. */
export function countWithin(intervals: readonly Interval[], from: Height, to: Height): number {
  let count = 0
  for (const interval of intervals) {
    count += Math.max(0, Math.min(interval.to, to) - Math.max(interval.from, from) + 1)
  }
  return count
}

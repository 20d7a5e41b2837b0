import { Violation } from '../check/violation.ts'
import { TraceHash } from './trace-hash.ts'

interface Event {
  readonly at: number
  readonly order: number
  readonly run: () => void
  isCancelled: boolean
}

/** Events at one instant beyond which time is taken to stand still. */
const instantEvents = 100_000

/** Events in one simulated second beyond which somebody is taken to answer somebody without end; some thousands are usual. */
const busyEvents = 3_000_000

/**
 * Simulated time: events in a total order, by time and then by the order in which they were planned. Nothing waits; time
 * jumps from one event to the next.
 */
export class World {
  readonly trace: TraceHash = new TraceHash()
  /** Called after every event. */
  afterEach: () => void = () => {}
  #now = 0
  #order = 0
  #events = 0
  #second = { began: 0, events: 0 }
  readonly #heap: Event[] = []

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now
  }

  /** Events that happened so far. */
  get events(): number {
    return this.#events
  }

  /** Plans `run` for `at`, or for now if that has passed; the returned function cancels. */
  at(at: number, run: () => void): () => void {
    const event: Event = { at: Math.max(at, this.#now), order: this.#order++, run, isCancelled: false }
    this.#push(event)
    return () => {
      event.isCancelled = true
    }
  }

  after(delayMs: number, run: () => void): () => void {
    return this.at(this.#now + delayMs, run)
  }

  /** Lets `ms` pass, or less if `until` says so after an event. True when it did. Throws when time stands still or nobody rests. */
  run(ms: number, until?: () => boolean): boolean {
    return this.runTo(this.#now + ms, until)
  }

  /** As `run`, through everything that happens at `end`. */
  runTo(end: number, until?: () => boolean): boolean {
    let atInstant = 0
    while (this.#heap.length > 0 && this.#heap[0]!.at <= end) {
      const event = this.#pop()
      if (event.isCancelled) continue
      atInstant = event.at === this.#now ? atInstant + 1 : 0
      if (atInstant > instantEvents) throw new Violation('liveness', `time stands still at ${event.at} ms`)
      this.#now = event.at
      this.#events += 1
      this.#countSecond()
      this.trace.mix(event.at)
      event.run()
      this.afterEach()
      if (until?.()) return true
    }
    this.#now = end
    return until?.() ?? false
  }

  #countSecond(): void {
    if (this.#now - this.#second.began >= 1000) this.#second = { began: this.#now, events: 0 }
    this.#second.events += 1
    if (this.#second.events > busyEvents) {
      throw new Violation('liveness', `nobody comes to rest after ${this.#second.began.toFixed(0)} ms`)
    }
  }

  #push(event: Event): void {
    const heap = this.#heap
    let child = heap.push(event) - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!isBefore(event, heap[parent]!)) break
      heap[child] = heap[parent]!
      child = parent
    }
    heap[child] = event
  }

  #pop(): Event {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1
      if (!isBefore(heap[child]!, last)) break
      heap[parent] = heap[child]!
      parent = child
    }
    heap[parent] = last
    return first
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

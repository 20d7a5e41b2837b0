import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

const decoder = new TextDecoder()

/**
 * What clients see could have been done by one machine, each request at one moment between its call and its answer (Herlihy and
 * Wing). The log gives the order, so a search is not needed: a proposal stands above all that any client knew of when it was made,
 * and a barrier shows all of that.
 */
export function linearizable(): Invariant {
  const name = 'linearizable'
  /** The highest index that any client knows of. */
  let known = 0
  const proposed = new Map<string, number>()
  const asked = new Map<string, number>()
  return {
    name,
    onProposed(serial) {
      proposed.set(serial, known)
    },
    onApplied({ index, payload }) {
      if (payload.length === 0) return
      const serial = decoder.decode(payload)
      const floor = proposed.get(serial)
      if (floor === undefined || index > floor) return
      throw new Violation(name, `${serial} stands at ${index}, but ${floor} was known when it was proposed`)
    },
    onAcknowledged(serial, index) {
      proposed.delete(serial)
      known = Math.max(known, index)
    },
    onReadAsked(read) {
      asked.set(read, known)
    },
    onReadAnswered(read, kind, { id, appliedIndex }) {
      const floor = asked.get(read) ?? 0
      asked.delete(read)
      if (kind !== 'barrier') return
      if (appliedIndex < floor)
        throw new Violation(
          name,
          `${id} answered a barrier at ${appliedIndex}, but ${floor} was known when it was asked`,
        )
      known = Math.max(known, appliedIndex)
    },
  }
}

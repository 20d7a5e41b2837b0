import type { Entry } from 'raft-core'
import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * Two logs that have an entry of the same index and term have the same entry there, and the same before it (Raft paper,
 * figure 3: Log Matching). Kept by induction: what is written names what it follows.
 */
export function logMatching(): Invariant {
  const name = 'log matching'
  const known = new Map<string, { readonly entry: Entry; readonly previousTerm: number }>()
  return {
    name,
    onWrite({ id, entries, previousTerm }) {
      let previous = previousTerm
      for (const entry of entries) {
        const position = `${entry.index}@${entry.term}`
        const first = known.get(position)
        if (first === undefined) known.set(position, { entry, previousTerm: previous })
        else if (first.previousTerm !== previous) {
          throw new Violation(name, `${position} follows term ${first.previousTerm} elsewhere, ${previous} on ${id}`)
        } else if (first.entry !== entry && !isSame(first.entry.record, entry.record)) {
          throw new Violation(name, `${position} is another entry on ${id}`)
        }
        previous = entry.term
      }
    },
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

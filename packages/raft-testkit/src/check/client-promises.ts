import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

const decoder = new TextDecoder()

/**
 * What a client was told holds for ever: an acknowledged proposal stands at the index it was told and nowhere else, a refused
 * one is never applied, and none is applied twice. What it was not told may be either; it is never taken for a failure.
 */
export function clientPromises(): Invariant {
  const name = 'client promises'
  const indexes = new Map<string, number>()
  const acknowledged = new Map<string, number>()
  const refused = new Map<string, string>()
  return {
    name,
    onApplied({ index, payload }) {
      if (payload.length === 0) return
      const serial = decoder.decode(payload)
      const before = indexes.get(serial) ?? acknowledged.get(serial)
      if (before === index) return
      if (before !== undefined) throw new Violation(name, `${serial} stands at ${before} and was applied at ${index}`)
      const code = refused.get(serial)
      if (code !== undefined) throw new Violation(name, `${serial} was refused with ${code} and applied at ${index}`)
      indexes.set(serial, index)
    },
    onAcknowledged(serial, index) {
      acknowledged.set(serial, index)
      const stands = indexes.get(serial)
      if (stands === undefined) throw new Violation(name, `${serial} was acknowledged before anybody applied it`)
      if (stands !== index) throw new Violation(name, `${serial} was acknowledged at ${index} and applied at ${stands}`)
    },
    onRefused(serial, code) {
      refused.set(serial, code)
      const stands = indexes.get(serial)
      if (stands !== undefined) throw new Violation(name, `${serial} stands at ${stands} and was refused with ${code}`)
    },
  }
}

import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

const decoder = new TextDecoder()

/**
 * What a client was told holds for ever: an acknowledged proposal stands at the index it was told and nowhere else, and no
 * proposal is applied twice. What it was not told may be either; it is never taken for a failure.
 */
export function clientPromises(): Invariant {
  const name = 'client promises'
  const indexes = new Map<string, number>()
  const acknowledged = new Map<string, number>()
  const expect = (serial: string, index: number): void => {
    const told = acknowledged.get(serial)
    const stands = indexes.get(serial)
    if (told !== undefined && stands !== undefined && told !== stands) {
      throw new Violation(name, `${serial} was acknowledged at ${told} and applied at ${stands}`)
    }
    if (stands !== undefined && stands !== index)
      throw new Violation(name, `${serial} was applied at ${stands} and ${index}`)
  }
  return {
    name,
    onApplied(_id, index, _term, payload) {
      if (payload.length === 0 || payload[0] !== 's'.charCodeAt(0)) return
      const serial = decoder.decode(payload)
      expect(serial, index)
      indexes.set(serial, index)
    },
    onAcknowledged(serial, index) {
      acknowledged.set(serial, index)
      expect(serial, index)
      if (!indexes.has(serial)) throw new Violation(name, `${serial} was acknowledged before anybody applied it`)
    },
  }
}

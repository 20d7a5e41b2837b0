import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * Within a node: what is compacted is in a snapshot, what is in a snapshot was applied, what is applied is committed, what is
 * committed is in the log. A snapshot of the own state is complete only when the log through it is durable.
 */
export function orderedIndexes(): Invariant {
  const name = 'ordered indexes'
  return {
    name,
    onSnapshotTaken({ id, state }, index) {
      const { durableIndex } = state.log
      if (index > durableIndex)
        throw new Violation(name, `${id} completed a snapshot of ${index}, durable is ${durableIndex}`)
    },
    afterEvent({ id, state, appliedIndex }) {
      const { log, snapshot, applicable, commit } = state
      const order = [
        ['compacted', log.base.index],
        ['in a snapshot', snapshot.index],
        ['applicable', applicable],
        ['committed', commit],
        ['logged', log.lastIndex],
      ] as const
      for (let i = 1; i < order.length; i++) {
        const [lower, low] = order[i - 1]!
        const [higher, high] = order[i]!
        if (low > high) throw new Violation(name, `${id}: ${low} is ${lower}, but only ${high} is ${higher}`)
      }
      if (appliedIndex > applicable) throw new Violation(name, `${id} applied ${appliedIndex}, may ${applicable}`)
      if (log.durableIndex > log.lastIndex) throw new Violation(name, `${id} is durable beyond its log`)
    },
  }
}

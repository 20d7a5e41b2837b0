import { logTermAt } from './log-terms.ts'
import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * A leader that confirms itself after it was asked has everything that anybody had committed before; a barrier that was answered
 * means that it is applied too (dissertation 6.4; etcd #7331, #20418).
 */
export function currentReads(): Invariant {
  const name = 'current reads'
  let committed = { index: 0, term: 0 }
  const asked = new Map<string, typeof committed>()
  return {
    name,
    afterEvent({ state }) {
      if (state.commit <= committed.index) return
      committed = { index: state.commit, term: logTermAt(state, state.commit) ?? 0 }
    },
    onReadAsked(read) {
      asked.set(read, committed)
    },
    onReadAnswered(read, kind, { id, state, appliedIndex }) {
      const owed = asked.get(read)
      asked.delete(read)
      if (owed === undefined || owed.index === 0) return
      const term = logTermAt(state, owed.index)
      const isThere = owed.index <= state.log.base.index || term === owed.term
      if (!isThere) throw new Violation(name, `${id} confirmed that it leads, and lacks ${owed.index}@${owed.term}`)
      if (kind === 'barrier' && appliedIndex < owed.index) {
        throw new Violation(name, `${id} answered a barrier at ${appliedIndex}, committed was ${owed.index}`)
      }
    },
  }
}

import { recordOverheadBytes } from 'raft-core'
import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * A leader never cuts its own log (Raft paper, figure 3: Leader Append-Only), nobody cuts what it knows to be committed, and
 * what a leader believes of its followers stays within bounds: match below next, in-flight appends within their limits.
 */
export function leaderAppendOnly(): Invariant {
  const name = 'leader append-only'
  // As of the event before: a turn that replaces uncommitted entries may also learn that the new ones are committed.
  const before = new Map<string, { readonly ledTerm: number | undefined; readonly commit: number }>()
  return {
    name,
    onTruncated({ id, incarnation, state }, from) {
      const known = before.get(incarnation)
      if (known === undefined) return
      if (known.ledTerm === state.term) throw new Violation(name, `${id} leads and cuts its log from ${from}`)
      if (from <= known.commit) throw new Violation(name, `${id} cuts ${from}, committed through ${known.commit}`)
    },
    afterEvent({ id, incarnation, state }) {
      const { role, log, settings } = state
      before.set(incarnation, { ledTerm: role.kind === 'leader' ? state.term : undefined, commit: state.commit })
      if (role.kind !== 'leader') return
      for (const [peer, progress] of role.peers) {
        const isInBounds =
          progress.match < progress.next &&
          progress.match <= log.lastIndex &&
          progress.next <= log.lastIndex + 1 &&
          progress.inflight.length <= settings.limits.inflightMessages &&
          progress.inflightBytes >= 0 &&
          progress.inflightBytes < settings.limits.inflightBytes + largestAppend(settings.limits) &&
          (progress.mode === 'replicate' || progress.inflight.length === 0)
        if (!isInBounds) throw new Violation(name, `${id} believes of ${peer}: ${JSON.stringify(progress)}`)
      }
    },
  }
}

/** An append is sent while there is room, however little, so the last one may go beyond the limit by its own size. */
function largestAppend({ appendBytes, entryBytes }: { appendBytes: number; entryBytes: number }): number {
  return Math.max(appendBytes, entryBytes + recordOverheadBytes, configurationBytes)
}

/** A configuration of a few members in an entry; the limit is on what is proposed, which a configuration is not. */
const configurationBytes = 2048

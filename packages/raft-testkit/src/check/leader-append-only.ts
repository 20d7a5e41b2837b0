import { type Progress, type RaftState, recordOverheadBytes } from 'raft-core'
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
          isWindowKept(progress, state) &&
          (progress.mode === 'replicate' || progress.inflight.length === 0)
        if (!isInBounds) throw new Violation(name, `${id} believes of ${peer}: ${JSON.stringify(progress)}`)
      }
    },
  }
}

/** An append is sent while there is room, however little, so all before the last one fit, and the last is no larger than one may be. */
function isWindowKept({ inflight, inflightBytes, match }: Progress, state: Readonly<RaftState>): boolean {
  const { limits } = state.settings
  const last = inflight.at(-1)
  if (inflightBytes < 0 || inflightBytes - (last?.bytes ?? 0) >= limits.inflightBytes) return false
  if (last === undefined || last.bytes <= Math.max(limits.appendBytes, limits.entryBytes + recordOverheadBytes))
    return true
  // A configuration is not bound by the limit on what is proposed; those below the snapshot are no longer known one by one.
  const before = inflight.at(-2)?.end ?? match
  const isSent = (index: number): boolean => index > before && index <= last.end
  return before < state.snapshot.index || state.configurations.some(({ index }) => isSent(index))
}

import type { Mutant } from '../mutant.ts'

/** A follower. */
export const followingMutants: readonly Mutant[] = [
  {
    name: 'append acks before durable',
    seenIn: 'NATS, Redis-Raft',
    file: 'raft-core/src/step/following.ts',
    find: `    hasWritten ? 'afterThisWrite' : 'now',`,
    replace: `    'now',`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'append acks own end',
    seenIn: 'CCF',
    file: 'raft-core/src/step/following.ts',
    find: '  const end = Math.max(request.previousIndex + request.entries.length, isBelowLog ? state.log.base.index : 0)',
    replace: '  const end = Math.max(state.log.lastIndex, isBelowLog ? state.log.base.index : 0)',
    killedBy: { test: 'raft-core/test/step/following.test.ts' },
  },
  {
    name: 'append always rewrites',
    file: 'raft-core/src/step/following.ts',
    find: '  const fresh = known.slice(firstNew(state, known))',
    replace:
      '  const fresh = known.slice(known.length > 0 && known[0]!.index > state.commit ? 0 : firstNew(state, known))',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'append below base taken',
    seenIn: 'willemt #118',
    file: 'raft-core/src/step/following.ts',
    find: '  const known = isBelowLog ? request.entries.filter((entry) => entry.index > state.log.base.index) : request.entries',
    replace: '  const known = request.entries',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'append ignores previous term',
    file: 'raft-core/src/step/following.ts',
    find: '  if (!isBelowLog && previousTerm !== request.previousTerm) return refuse(turn, from, request)',
    replace: '  if (!isBelowLog && previousTerm === undefined) return refuse(turn, from, request)',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'append keeps conflicts',
    file: 'raft-core/src/step/following.ts',
    find: '  const at = entries.findIndex((entry) => termAt(state.log, entry.index) !== entry.term)',
    replace: '  const at = entries.findIndex((entry) => termAt(state.log, entry.index) === undefined)',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'append truncates beyond',
    seenIn: 'openraft 9540c904, CCF #5991',
    file: 'raft-core/src/step/following.ts',
    find: '  takeEntries(turn, fresh)',
    replace: `  takeEntries(turn, fresh)
  const tail = request.previousIndex + request.entries.length + 1
  if (fresh.length === 0 && !isBelowLog && request.entries.length > 0 && tail <= state.log.lastIndex && tail > state.commit) writeTruncation(turn, tail)`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'commit beyond accepted',
    seenIn: 'openraft',
    file: 'raft-core/src/step/following.ts',
    find: '  commitThrough(turn, Math.min(request.commit, follower.acceptedIndex))',
    replace: '  commitThrough(turn, Math.min(request.commit, state.log.lastIndex))',
    killedBy: { test: 'raft-core/test/step/following.test.ts' },
  },
  {
    name: 'follower ignores configurations',
    file: 'raft-core/src/step/following.ts',
    find: '  adoptConfigurations(turn, fresh)',
    replace: '  if (fresh.length > 1e9) adoptConfigurations(turn, fresh)',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'heartbeat acks unmatched',
    file: 'raft-core/src/step/following.ts',
    find: '  return Math.min(follower.acceptedIndex, state.log.durableIndex)',
    replace: '  return state.log.durableIndex',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'heartbeat commits beyond accepted',
    seenIn: 'openraft',
    file: 'raft-core/src/step/following.ts',
    find: '  commitThrough(turn, Math.min(heartbeat.commit, follower.acceptedIndex))',
    replace: '  commitThrough(turn, Math.min(heartbeat.commit, state.log.lastIndex))',
    killedBy: { test: 'raft-core/test/step/following.test.ts' },
  },
  {
    name: 'truncated configuration stays',
    file: 'raft-core/src/step/following.ts',
    find: '    revertConfigurations(turn, first.index)',
    replace: '    if (first.index < 0) revertConfigurations(turn, first.index)',
    killedBy: { scenario: 'swarm' },
  },
]

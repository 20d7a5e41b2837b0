import type { RaftState, Role } from './state.ts'

/**
 * A copy that shares nothing mutable with the original. Entries, messages and configurations are immutable and stay shared, so
 * the cost follows the number of cached entries and peers, not their size.
 */
export function cloneState(state: RaftState): RaftState {
  return {
    ...state,
    log: { ...state.log, terms: [...state.log.terms], tail: [...state.log.tail] },
    configurations: [...state.configurations],
    gone: new Set(state.gone),
    role: cloneRole(state.role),
    writes: state.writes.map((write) => ({ ...write })),
    random: { ...state.random },
  }
}

function cloneRole(role: Role): Role {
  switch (role.kind) {
    case 'follower':
      return { ...role }
    case 'preCandidate':
    case 'candidate':
      return { ...role, votes: new Map(role.votes) }
    case 'leader':
      return {
        ...role,
        peers: new Map(
          [...role.peers].map(([id, progress]) => [id, { ...progress, inflight: [...progress.inflight] }]),
        ),
        rounds: [...role.rounds],
        reads: [...role.reads],
        transfer: role.transfer && { ...role.transfer },
      }
  }
}

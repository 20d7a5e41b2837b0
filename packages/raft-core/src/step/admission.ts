import { findServer, type Server } from '../configuration.ts'
import type { Admit } from '../message.ts'
import type { Member } from '../types.ts'
import { appendConfiguration, whyNotNow, whyNotThis } from './membership.ts'
import { latestConfiguration, type Leader, type RaftState } from './state.ts'
import { event, type Turn } from './turn.ts'

/** A staging member this close to the end of the log may vote: it will not hold up commits. */
const caughtUpEntries = 64

/**
 * A member that lost its disk asks to be taken in again. Its old incarnation must have been silent for an election timeout, so
 * that a living member is never replaced; it comes back as a learner and is promoted once it has caught up.
 */
export function onAdmit(turn: Turn, from: Member, admit: Admit): void {
  const { state } = turn
  const { role, settings } = state
  if (role.kind !== 'leader') return
  if (admit.chainId !== settings.chainId || admit.genesisHash !== settings.genesisHash) return
  if (admit.server.id !== from.id || admit.server.incarnation !== from.incarnation) return
  const { configuration } = latestConfiguration(state)
  const known = findServer(configuration, from.id)
  if (known === undefined) return event(turn, { kind: 'applicantUnknown', applicant: from })
  const lastContact = role.peers.get(from.id)?.contactAt
  const isSilent = lastContact !== undefined && turn.now - lastContact >= settings.electionTimeoutMs
  if (known.incarnation === from.incarnation || !isSilent || whyNotNow(state, role)) return
  const suffrage = known.suffrage === 'nonVoter' ? 'nonVoter' : 'staging'
  const servers = configuration.servers.map((server) =>
    server.id === from.id ? ({ ...admit.server, suffrage } as const) : server,
  )
  if (whyNotThis({ servers, outgoing: [] })) return
  appendConfiguration(turn, role, { servers, outgoing: [] })
}

/** Gives a vote to one staging member that has caught up. */
export function promoteStaging(turn: Turn, leader: Leader): void {
  const { state } = turn
  const { configuration } = latestConfiguration(state)
  const ready = configuration.servers.find(
    (server) => server.suffrage === 'staging' && hasCaughtUp(state, leader, server),
  )
  if (ready === undefined || whyNotNow(state, leader)) return
  const servers = configuration.servers.map((server) =>
    server === ready ? { ...server, suffrage: 'voter' as const } : server,
  )
  appendConfiguration(turn, leader, { servers, outgoing: [] })
}

function hasCaughtUp(state: RaftState, leader: Leader, server: Server): boolean {
  const progress = leader.peers.get(server.id)
  return progress?.mode === 'replicate' && state.log.lastIndex - progress.match <= caughtUpEntries
}

import { findServer } from '../configuration.ts'
import { RaftError } from '../errors.ts'
import type { ServerId, TimeMs } from '../types.ts'
import { notLeader } from './roles.ts'
import { heartbeatIntervalMs } from './settings.ts'
import { latestConfiguration, type Leader, type RaftState, type RequestId } from './state.ts'
import { answer, send, type Turn } from './turn.ts'

/**
 * Hands leadership to `target`, or to the voter that is furthest. Proposals are refused until the transfer ends, at the latest
 * after an election timeout.
 */
export function transferLeadership(turn: Turn, request: RequestId, target: ServerId | undefined): void {
  const { state, now } = turn
  if (state.role.kind !== 'leader') return answer(turn, request, notLeader(state))
  if (state.role.transfer) {
    return answer(turn, request, new RaftError('TRANSFER_IN_PROGRESS', 'a transfer is under way; wait for its end'))
  }
  const chosen = target ?? furthestVoter(state, state.role, now)
  if (chosen === state.self.id) return answer(turn, request)
  const server = chosen === undefined ? undefined : findServer(latestConfiguration(state).configuration, chosen)
  if (server?.suffrage !== 'voter') {
    return answer(
      turn,
      request,
      new RaftError('TRANSFER_FAILED', `${chosen ?? 'nobody'} is a voter that could take over`),
    )
  }
  if (state.gone.has(server.id)) {
    return answer(turn, request, new RaftError('TRANSFER_FAILED', `${server.id} is gone`))
  }
  state.role.transfer = {
    request,
    target: server.id,
    deadline: now + state.settings.electionTimeoutMs,
    orderedAt: undefined,
  }
}

/** Tells the target to campaign once it has the whole log, and again each heartbeat interval until it has. */
export function orderTakeover(turn: Turn, leader: Leader): void {
  const { state, now } = turn
  if (leader.transfer === undefined) return
  const progress = leader.peers.get(leader.transfer.target)
  if (progress?.match !== state.log.lastIndex) return
  const { orderedAt } = leader.transfer
  if (orderedAt !== undefined && now < orderedAt + heartbeatIntervalMs(state.settings)) return
  leader.transfer.orderedAt = now
  send(turn, leader.transfer.target, { kind: 'timeoutNow', term: state.term, lastLogIndex: state.log.lastIndex })
}

/** Gives up on a transfer that took too long; this node goes on leading. */
export function endLateTransfer(turn: Turn, leader: Leader): void {
  const { transfer } = leader
  if (transfer === undefined || turn.now < transfer.deadline) return
  giveUp(turn, leader, `${transfer.target} did not take over in time; it may lag`)
}

/** Gives up on a transfer to a member whose process ends or is gone: it will not take over. */
export function endTransferTo(turn: Turn, leader: Leader, target: ServerId): void {
  if (leader.transfer?.target === target) giveUp(turn, leader, `${target} is gone`)
}

function giveUp(turn: Turn, leader: Leader, why: string): void {
  const { transfer } = leader
  leader.transfer = undefined
  if (transfer) answer(turn, transfer.request, new RaftError('TRANSFER_FAILED', why))
}

function furthestVoter(state: RaftState, leader: Leader, now: TimeMs): ServerId | undefined {
  const { servers } = latestConfiguration(state).configuration
  const isAlive = (id: ServerId): boolean => {
    const contactAt = leader.peers.get(id)?.contactAt
    return !state.gone.has(id) && contactAt !== undefined && now - contactAt < state.settings.leaderLeaseTimeoutMs
  }
  const others = servers.filter(({ id, suffrage }) => suffrage === 'voter' && id !== state.self.id && isAlive(id))
  const match = (id: ServerId): number => leader.peers.get(id)?.match ?? 0
  return others.sort((a, b) => match(b.id) - match(a.id))[0]?.id
}

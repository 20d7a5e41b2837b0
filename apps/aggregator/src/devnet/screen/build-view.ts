import { dirname, relative } from 'node:path'
import type { StatusDocument } from '../../rpc/node-view.ts'
import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../clock.ts'
import type { Devnet } from '../devnet.ts'
import { formatMs } from '../format.ts'
import type { ProcessState } from '../process/process-control.ts'
import { healthOf } from './health.ts'
import type { DevnetView, NodeRow } from './view.ts'

// The newest; a screen shows as many of them as it has room for.
const eventsShown = 12

/** Joins what is known now. `step` is what the tour does. */
export function buildView(devnet: Devnet, step: string | undefined, clock: Clock): DevnetView {
  const { plan, audit, events } = devnet
  const now = clock.now()
  const { tip } = audit.view
  const leader = audit.view.leader(now)
  const rows = plan.nodes.map(({ id }) => rowOf(devnet, id, now))
  const scoreboard = audit.scoreboard(now)
  const tipAgeMs = tip && now - tip.seenAt
  return {
    wallMs: clock.wallNow(),
    chainId: plan.chainId,
    leader: leader?.id,
    term: leader?.term,
    height: tip?.height,
    hash: tip?.hash,
    overdueMs: tipAgeMs !== undefined && tipAgeMs > 2 * plan.blockTimeMs ? tipAgeMs : undefined,
    health: healthOf({
      nodes: rows.length,
      healthyNodes: rows.filter(({ role }) => role === 'leader' || role === 'follower').length,
      blockTimeMs: plan.blockTimeMs,
      tipAgeMs,
      alarms: scoreboard.doubles + scoreboard.brokenLinks,
    }),
    rows,
    bars: plan.nodes.flatMap(({ id }) => {
      const progress = audit.returns.progress(id)
      return progress && audit.view.fresh(id, now) ? [{ id, progress }] : []
    }),
    events: events.newest(eventsShown),
    scoreboard,
    step,
    logs: relative('.', dirname(plan.nodes[0]!.logFile)),
    url: `http://127.0.0.1:${plan.nodes[0]!.rpc}/`,
  }
}

function rowOf({ audit, supervisor, actions }: Devnet, id: string, now: number): NodeRow {
  const state = supervisor.state(id)
  const status = state.kind === 'up' ? audit.view.fresh(id, now) : undefined
  const extra = actions.note(id)
  if (status === undefined) {
    const because = extra === '' ? whyUnknown(audit, state, id, now) : extra
    const role = state.kind === 'up' ? 'silent' : state.kind
    return {
      id,
      role,
      term: undefined,
      height: undefined,
      hash: undefined,
      lag: undefined,
      peers: undefined,
      note: because,
    }
  }
  return {
    id,
    role: status.role,
    term: status.term,
    height: status.height,
    hash: status.tip_height === status.height ? status.tip_hash : status.hash,
    lag: audit.view.lag(id),
    peers: status.peers.filter((peer) => peer.id !== id).length,
    note: extra === '' ? noteOf(status) : extra,
  }
}

function whyUnknown(audit: Audit, state: ProcessState, id: string, now: number): string {
  switch (state.kind) {
    case 'up':
      return audit.view.whySilent(id) ?? 'starting'
    case 'down':
      return state.backAt === undefined ? '' : `back in ${formatMs(Math.max(0, state.backAt - now))}`
    default:
      return ''
  }
}

function noteOf({ ready, not_ready_reason: reason }: StatusDocument): string {
  return ready ? '' : reason
}

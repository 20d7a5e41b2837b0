import { type RaftNode, type RaftStatus, replicatedServers } from 'raft-core'
import type { MetricSet } from './metric-set.ts'
import type { PeerNames } from './peer-names.ts'

const roles: readonly RaftStatus['role'][] = ['forming', 'follower', 'preCandidate', 'candidate', 'leader']
const suffrages = ['voter', 'nonVoter', 'staging'] as const

/** Numbers of the status: name, help, value. */
const numbers: readonly (readonly [string, string, (status: RaftStatus) => number])[] = [
  ['raft_term', 'Current term.', ({ term }) => term],
  ['raft_has_leader', '1 while this member knows who leads.', ({ leader }) => (leader === undefined ? 0 : 1)],
  ['raft_commit_index', 'Highest log index known to be committed.', ({ commitIndex }) => commitIndex],
  ['raft_applied_index', 'Highest log index that the state machine applied.', ({ appliedIndex }) => appliedIndex],
  ['raft_last_log_index', 'Last index of the log.', ({ lastIndex }) => lastIndex],
  ['raft_durable_index', 'Last index of the log that is fsynced.', ({ durableIndex }) => durableIndex],
  ['raft_snapshot_index', 'Last log index in the newest snapshot.', ({ snapshot }) => snapshot.index],
  ['raft_snapshot_term', 'Term of that index.', ({ snapshot }) => snapshot.term],
]

/** Reads a Raft node's status at each scrape. */
export function readRaftStatus(metrics: MetricSet, raft: Pick<RaftNode<unknown>, 'status'>, peers: PeerNames): void {
  const role = metrics.gauge('raft_role', '1 for the role of this member, 0 for the others.', ['role'])
  const members = metrics.gauge('raft_members', 'Members of the latest configuration, this one included.', ['suffrage'])
  const gauges = numbers.map(([name, help, value]) => ({ gauge: metrics.gauge(name, help), value }))
  const readPeers = peerGauges(metrics)
  metrics.onScrape(() => {
    const status = raft.status()
    const servers = status.configuration ? replicatedServers(status.configuration.configuration) : []
    peers.add(servers.map(({ id }) => id))
    for (const { gauge, value } of gauges) gauge.set(value(status))
    for (const each of roles) role.set({ role: each }, each === status.role ? 1 : 0)
    for (const suffrage of suffrages)
      members.set({ suffrage }, servers.filter((server) => server.suffrage === suffrage).length)
    readPeers(status)
  })
}

/** What only a leader knows of the others; a follower shows nothing. */
function peerGauges(metrics: MetricSet): (status: RaftStatus) => void {
  const match = metrics.gauge('raft_peer_match_index', 'Last log index that a member has for certain, on the leader.', [
    'peer',
  ])
  const messages = metrics.gauge('raft_peer_inflight_messages', 'Appends without an answer yet, on the leader.', [
    'peer',
  ])
  const bytes = metrics.gauge('raft_peer_inflight_bytes', 'Bytes of those appends.', ['peer'])
  const contact = metrics.gauge(
    'raft_peer_last_contact_seconds',
    'Time since the start of the newest round that a member answered, on the leader.',
    ['peer'],
  )
  return ({ peers }) => {
    for (const gauge of [match, messages, bytes, contact]) gauge.reset()
    for (const { id, progress } of peers) {
      if (progress === undefined) continue
      match.set({ peer: id }, progress.matchIndex)
      messages.set({ peer: id }, progress.inflightMessages)
      bytes.set({ peer: id }, progress.inflightBytes)
      contact.set({ peer: id }, progress.lastContactMs / 1000)
    }
  }
}

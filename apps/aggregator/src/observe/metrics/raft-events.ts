import { type NodeEvent, type RaftNode, replicatedServers } from 'raft-core'
import { LeadershipChanges, leadershipChangeCauses } from './leadership-changes.ts'
import type { MetricSet } from './metric-set.ts'
import type { PeerNames } from './peer-names.ts'

/** Counts what a Raft node reports, until the returned function is called. */
export function countRaftEvents(metrics: MetricSet, raft: Pick<RaftNode<unknown>, 'on'>, peers: PeerNames): () => void {
  const leadership = countLeadership(metrics)
  const snapshots = countSnapshots(metrics, peers)
  const connections = countConnections(metrics, peers)
  const others = countOthers(metrics)
  return raft.on((event) => {
    if (event.kind === 'configurationChanged') {
      peers.add(replicatedServers(event.placed.configuration).map(({ id }) => id))
    }
    leadership(event)
    snapshots(event)
    connections(event)
    others(event)
  })
}

function countLeadership(metrics: MetricSet): (event: NodeEvent) => void {
  const changes = metrics.counter(
    'raft_leadership_changes_total',
    'Leaderships that this member saw begin, by why the one before ended; started is the first since the process started.',
    ['cause'],
  )
  const roles = metrics.counter('raft_role_changes_total', 'Roles that this member took, by the step that led there.', [
    'role',
    'cause',
  ])
  const timeouts = metrics.counter(
    'raft_election_timeouts_total',
    'Campaigns begun because no leader was heard for the heartbeat timeout, or votes stayed unanswered for the election timeout.',
  )
  const seen = new LeadershipChanges()
  for (const cause of leadershipChangeCauses) changes.inc({ cause }, 0)
  return (event) => {
    const cause = seen.take(event)
    if (cause !== undefined) changes.inc({ cause })
    if (event.kind !== 'roleChanged') return
    roles.inc({ role: event.role, cause: event.cause })
    const isTimeout = event.cause === 'heartbeatTimeout' || event.cause === 'electionLost'
    if (event.role === 'preCandidate' && isTimeout) timeouts.inc()
  }
}

function countSnapshots(metrics: MetricSet, peers: PeerNames): (event: NodeEvent) => void {
  const taken = metrics.counter('raft_snapshot_taken_total', 'Snapshots that this member took of its own state.')
  const notTaken = metrics.counter(
    'raft_snapshot_not_taken_total',
    'Snapshots that failed because the state machine did not give its state.',
  )
  const installed = metrics.counter(
    'raft_snapshot_installed_total',
    'Snapshots of a leader that replaced the state of this member: it had fallen behind the kept log.',
  )
  const needed = metrics.counter(
    'raft_snapshot_needed_total',
    'Times that this leader found a member to be behind its kept log.',
    ['peer'],
  )
  const delivered = metrics.counter('raft_snapshot_delivered_total', 'Snapshots that a member took whole.', ['peer'])
  const failed = metrics.counter(
    'raft_snapshot_not_sent_total',
    'Snapshots that this leader could not read, or not send because the member was gone.',
    ['peer'],
  )
  for (const counter of [needed, delivered, failed]) for (const peer of peers.others()) counter.inc({ peer }, 0)
  return (event) => {
    if (event.kind === 'snapshotTaken') taken.inc()
    if (event.kind === 'snapshotNotTaken') notTaken.inc()
    if (event.kind === 'snapshotInstalled') installed.inc()
    if (event.kind === 'snapshotNeeded') needed.inc({ peer: peers.label(event.peer) })
    if (event.kind === 'snapshotDelivered') delivered.inc({ peer: peers.label(event.peer) })
    if (event.kind === 'snapshotNotSent') failed.inc({ peer: peers.label(event.to) })
  }
}

function countConnections(metrics: MetricSet, peers: PeerNames): (event: NodeEvent) => void {
  const connected = metrics.gauge('raft_peer_connected', '1 while a member is connected to this one.', ['peer'])
  const up = metrics.counter('raft_peer_up_total', 'Times that a member was connected.', ['peer'])
  const down = metrics.counter(
    'raft_peer_down_total',
    'Times that a member was found not to be connected, failed attempts included.',
    ['peer', 'reason'],
  )
  for (const peer of peers.others()) connected.set({ peer }, 0)
  return (event) => {
    if (event.kind === 'peerUp') {
      if (peers.isKnown(event.id)) connected.set({ peer: event.id }, 1)
      up.inc({ peer: peers.label(event.id) })
    }
    if (event.kind === 'peerDown') {
      if (peers.isKnown(event.id)) connected.set({ peer: event.id }, 0)
      down.inc({ peer: peers.label(event.id), reason: event.reason })
    }
    if (event.kind === 'configurationChanged' && event.isCommitted) {
      const members = new Set(replicatedServers(event.placed.configuration).map(({ id }) => id))
      // Whoever was removed is not missing.
      for (const peer of peers.others()) if (!members.has(peer)) connected.remove({ peer })
    }
  }
}

function countOthers(metrics: MetricSet): (event: NodeEvent) => void {
  const truncated = metrics.counter(
    'raft_log_truncated_entries_total',
    'Entries that another leader replaced before they were committed.',
  )
  const refused = metrics.counter('raft_messages_refused_total', 'Messages of another cluster, epoch or version.', [
    'reason',
  ])
  const unknown = metrics.counter(
    'raft_applicants_unknown_total',
    'Times that a node without a place in the configuration asked to join.',
  )
  return (event) => {
    if (event.kind === 'logTruncated') truncated.inc(event.to - event.from + 1)
    if (event.kind === 'messageRefused') refused.inc({ reason: event.reason })
    if (event.kind === 'applicantUnknown') unknown.inc()
  }
}

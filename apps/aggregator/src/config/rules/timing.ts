import { formatDuration } from '../values/duration.ts'
import type { Rule } from './rule.ts'

// Below these an ordinary pause of the scheduler or the network looks like a dead leader.
const calmHeartbeatMs = 50
const calmLeaseMs = 100

/** A leader must notice that it lost its quorum before a candidate gives up waiting for votes. */
const leaseBelowElection: Rule = {
  reads: ['raft.leader_lease_timeout', 'raft.election_timeout', 'raft.heartbeat_timeout'],
  check: ({ raft }, report) => {
    if (raft.leaderLeaseTimeoutMs < raft.electionTimeoutMs) return
    const [lease, election] = [formatDuration(raft.leaderLeaseTimeoutMs), formatDuration(raft.electionTimeoutMs)]
    report.error(
      'raft.leader_lease_timeout',
      `${lease} is not below raft.election_timeout, ${election}; lower it, or raise or remove raft.election_timeout`,
    )
  },
}

/** Timings that elect leaders for no reason. */
const flapping: Rule = {
  reads: ['raft.heartbeat_timeout', 'raft.leader_lease_timeout', 'raft.election_timeout'],
  check: ({ raft }, report) => {
    const { heartbeatTimeoutMs: heartbeat, leaderLeaseTimeoutMs: lease, electionTimeoutMs: election } = raft
    if (heartbeat < calmHeartbeatMs) {
      report.warning(
        'raft.heartbeat_timeout',
        `${formatDuration(heartbeat)} is shorter than ordinary pauses; write at least 50ms, and more than round trip plus jitter`,
      )
    }
    if (lease < calmLeaseMs) {
      report.warning(
        'raft.leader_lease_timeout',
        `${formatDuration(lease)} is shorter than ordinary pauses; write at least 100ms, and more than round trip plus jitter`,
      )
    }
    if (election < heartbeat) {
      report.warning(
        'raft.election_timeout',
        `${formatDuration(election)} is below raft.heartbeat_timeout, ${formatDuration(heartbeat)}: votes may be given up too early; raise or remove it`,
      )
    }
  },
}

/** The guide's ratio. The defaults are outside it on purpose, so this is for those who tune. */
const ratio: Rule = {
  reads: ['raft.heartbeat_timeout', 'raft.leader_lease_timeout'],
  check: ({ raft }, report) => {
    const percent = Math.round((100 * raft.heartbeatTimeoutMs) / raft.leaderLeaseTimeoutMs)
    if (percent >= 10 && percent <= 30) return
    report.note(
      'raft.heartbeat_timeout',
      `is ${percent} % of raft.leader_lease_timeout; 10 to 30 % is recommended when failover time matters`,
    )
  },
}

/** Failover should take no more than two blocks. */
const failover: Rule = {
  reads: ['raft.enable', 'raft.heartbeat_timeout', 'node.block_time'],
  check: ({ raft, node }, report) => {
    if (!raft.enable || raft.heartbeatTimeoutMs <= node.blockTimeMs) return
    report.note(
      'raft.heartbeat_timeout',
      `a silent leader may be missed for more than two blocks of ${formatDuration(node.blockTimeMs)}; lower it to the block time`,
    )
  },
}

/** With nothing kept, a follower that is one entry late needs a snapshot. */
const trailing: Rule = {
  reads: ['raft.trailing_logs', 'raft.trailing_log_bytes'],
  check: ({ raft }, report) => {
    if (raft.trailingLogs === 0)
      report.warning('raft.trailing_logs', 'with 0 every late follower needs a snapshot; keep some entries')
    if (raft.trailingLogBytes === 0)
      report.warning('raft.trailing_log_bytes', 'with 0 every late follower needs a snapshot; keep some bytes')
  },
}

/** Raft's times and amounts. */
export const timingRules: readonly Rule[] = [leaseBelowElection, flapping, ratio, failover, trailing]

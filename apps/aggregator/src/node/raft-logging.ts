import type { Verdict } from 'block-fsm'
import type { PlacedConfiguration, RaftNode } from 'raft-core'
import type { Logger } from '../observe/logger.ts'
import { runbookPath } from '../start-up/runbooks.ts'

/** Tells an operator what Raft did, in words; the details are at level debug. */
export function logRaftEvents(raft: RaftNode<Verdict>, logger: Logger): () => void {
  return raft.on((event) => {
    switch (event.kind) {
      case 'roleChanged':
        if (event.role === 'leader') logger.info({ term: event.term }, 'this node leads')
        else if (event.role === 'follower') logger.info({ term: event.term, cause: event.cause }, 'this node follows')
        return
      case 'leaderChanged':
        if (event.leader) logger.info({ leader: event.leader.id, term: event.term }, 'a leader is known')
        else logger.warn({ term: event.term }, 'no leader is known')
        return
      case 'waitingForCluster':
        return logger.info(
          { reason: event.reason, runbook: runbookPath('waiting-for-a-cluster') },
          'there is no cluster yet',
        )
      case 'clusterFound':
        return logger.info({ cluster_id: event.record.clusterId }, 'this node belongs to a cluster')
      case 'configurationChanged':
        if (event.isCommitted) logger.info(membersIn(event.placed), 'the members changed')
        return
      case 'snapshotTaken':
        return logger.info({ index: event.index }, 'a snapshot was taken')
      case 'snapshotNotTaken':
        return logger.warn({ err: event.error }, 'no snapshot was taken; the log stays, and grows')
      case 'snapshotInstalled':
        return logger.info({ index: event.index }, "the leader's snapshot was installed")
      case 'snapshotNeeded':
        return logger.info({ peer: event.peer }, 'a follower needs a snapshot')
      case 'peerDown':
        return logger.debug({ peer: event.id, reason: event.reason }, 'a peer is not connected')
      case 'failed':
        return logger.error({ err: event.error }, 'Raft stopped')
      default:
        return
    }
  })
}

function membersIn({ index, configuration }: PlacedConfiguration): object {
  const members = configuration.servers.map(({ id, suffrage }) => `${id} ${suffrage}`)
  return { index, members: members.join(', ') }
}

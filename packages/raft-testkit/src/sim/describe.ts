import type { Message, NodeEvent, Server } from 'raft-core'

/** One line about a message, for people who read a trace. */
export function describeMessage(message: Message): string {
  switch (message.kind) {
    case 'voteRequest': {
      const kind = message.preVote ? 'pre-vote?' : message.transfer ? 'vote (transfer)?' : 'vote?'
      return `${kind} term ${message.term} log ${message.lastLogIndex}@${message.lastLogTerm}`
    }
    case 'voteResponse':
      return `${message.preVote ? 'pre-vote' : 'vote'} ${message.granted ? 'yes' : 'no'} for ${message.requestTerm}, term ${message.term}`
    case 'appendRequest': {
      const entries = message.entries.map(({ index, term }) => `${index}@${term}`).join(' ')
      return `append term ${message.term} behind ${message.previousIndex}@${message.previousTerm} [${entries}] commit ${message.commit}`
    }
    case 'appendResponse':
      return message.accepted
        ? `appended term ${message.term} through ${message.acceptedIndex}, durable ${message.durableIndex}`
        : `append refused term ${message.term} behind ${message.previousIndex}, conflict ${message.conflictIndex}@${message.conflictTerm}`
    case 'heartbeat':
      return `heartbeat term ${message.term} round ${message.round} commit ${message.commit} sent ${message.sentIndex}`
    case 'heartbeatResponse':
      return `heartbeat answer term ${message.term} round ${message.round} accepted ${message.acceptedIndex}, durable ${message.durableIndex}`
    case 'timeoutNow':
      return `campaign now! term ${message.term} log ${message.lastLogIndex}`
    case 'snapshotChunk':
      return `snapshot ${message.metadata.index}@${message.metadata.term} from ${message.offset}, ${message.data.length} of ${message.size}`
    case 'snapshotChunkResponse':
      return `snapshot ${message.snapshotIndex}@${message.snapshotTerm} at ${message.nextOffset}${message.installed ? ' installed' : ''}`
    case 'identify':
      return `identify ${message.stage}${message.answerWanted ? '?' : ''}`
    case 'admit':
      return `admit me as ${message.server.incarnation.slice(0, 6)}`
    case 'application':
      return `frame ${message.channel}, ${message.payload.length} bytes`
  }
}

/** One line about what a node reports. */
export function describeEvent(event: NodeEvent): string {
  const { kind, ...rest } = event
  if (event.kind === 'failed') return `failed: ${event.error.message}`
  if (event.kind === 'clusterFound') return `clusterFound ${members(event.record.servers)}`
  if (event.kind === 'configurationChanged') {
    const { index, configuration } = event.placed
    const outgoing = configuration.outgoing.length > 0 ? ` joint with ${members(configuration.outgoing)}` : ''
    return `configuration ${index} ${members(configuration.servers)}${outgoing}${event.isCommitted ? ' committed' : ''}`
  }
  const fields = Object.entries(rest).map(([name, value]) => `${name} ${text(value)}`)
  return [kind, ...fields].join(' ')
}

function members(servers: readonly Server[]): string {
  return servers.map(({ id, suffrage }) => `${id}:${suffrage}`).join(' ')
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Error) return value.message
  if (typeof value === 'object' && value !== null && 'id' in value) return String(value.id)
  return JSON.stringify(value) ?? 'none'
}

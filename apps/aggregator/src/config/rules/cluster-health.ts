import type { RaftConfig } from '../config.ts'
import { formatHostPort, isLoopback, isUnspecified, parseHostPort } from '../values/host-port.ts'
import { quote } from '../values/quote.ts'
import type { Rule } from './rule.ts'

const members = ['raft.enable', 'raft.node_id', 'raft.raft_addr', 'raft.advertise_addr', 'raft.peers']

/** An even number of voters needs one more for its quorum and survives no more failures. */
const oddVoters: Rule = {
  reads: members,
  check: ({ raft }, report) => {
    if (!isComplete(raft)) return
    const voters = raft.voters.length
    if (voters === 1) report.note('raft.peers', 'one voter survives no failure; list three or five')
    else if (voters % 2 === 0) {
      const survived = voters / 2 - 1
      report.warning(
        'raft.peers',
        `${voters} voters survive ${survived} failures, no more than ${voters - 1}; list an odd number`,
      )
    }
  },
}

/** A node that missed more than the kept log gets the blocks in between over p2p only. */
const backfill: Rule = {
  reads: [...members, 'p2p.peers'],
  check: ({ raft, p2p }, report) => {
    if (isComplete(raft) && raft.voters.length > 1 && p2p.peers.length === 0) {
      report.warning(
        'p2p.peers',
        'is empty: after a long absence there is nobody to fetch missing blocks from; list the other nodes',
      )
    }
  },
}

/** A loopback address among others is dialled by its own host only. */
const sameNetwork: Rule = {
  reads: members,
  check: ({ raft }, report) => {
    if (!isComplete(raft)) return
    const local = raft.voters.filter((voter) => isLoopbackAddress(voter.address))
    if (local.length === 0) {
      report.note('raft.raft_addr', 'Raft speaks plain TCP; keep it inside a private network or a VPN')
    } else if (local.length < raft.voters.length) {
      const problem = `${quote(local[0]!.address)} is reached on its own host only`
      report.warning('raft.peers', `${problem}; write an address that the others can dial`)
    }
  },
}

/** Listening at one place and being dialled at another is right behind a port mapping, and a slip elsewhere. */
const mapped: Rule = {
  reads: members,
  check: ({ raft }, report) => {
    if (!isComplete(raft) || !raft.raftAddr) return
    const { host, port } = raft.raftAddr
    const isSame = raft.advertisedAddress === formatHostPort(raft.raftAddr)
    if (isSame || (isUnspecified(host) && raft.advertisedAddress.endsWith(`:${port}`))) return
    const problem = `listens at ${quote(formatHostPort(raft.raftAddr))}, others dial ${quote(raft.advertisedAddress)}`
    report.note('raft.raft_addr', `${problem}; make sure that the one leads to the other`)
  },
}

/** Without `raft.enable` every node produces its own chain, whatever the other keys say. */
const forgottenSwitch: Rule = {
  reads: ['raft.enable', 'raft.peers', 'raft.bootstrap'],
  check: ({ raft }, report) => {
    if (raft.enable) return
    const problem = 'has no effect while raft.enable is off: this node produces alone; set raft.enable'
    if (raft.peers.length > 0) report.warning('raft.peers', problem)
    if (raft.bootstrap) report.warning('raft.bootstrap', problem)
  },
}

/** An empty node founds or joins only when told to. */
const founding: Rule = {
  reads: ['raft.enable', 'raft.bootstrap'],
  check: ({ raft }, report) => {
    if (raft.enable && !raft.bootstrap) {
      report.note(
        'raft.bootstrap',
        'is off: while its directory is empty this node waits to be added; set it on all nodes to found a cluster',
      )
    }
  },
}

/** What makes a possible cluster fragile. */
export const clusterHealthRules: readonly Rule[] = [oddVoters, backfill, sameNetwork, mapped, forgottenSwitch, founding]

function isLoopbackAddress(address: string): boolean {
  const parsed = parseHostPort(address)
  return parsed.ok && isLoopback(parsed.value.host)
}

/** What is missing is an error already, and not worth a second word. */
function isComplete(raft: RaftConfig): boolean {
  return raft.enable && raft.nodeId !== '' && raft.raftAddr !== undefined && raft.peers.length > 0
}

import type { Config } from '../config.ts'
import { formatHostPort, isUnspecified } from '../values/host-port.ts'
import { quote } from '../values/quote.ts'
import type { Report, Rule } from './rule.ts'

const required: Readonly<Record<string, string>> = {
  'raft.node_id': 'name this node, for instance node-1',
  'raft.raft_addr': 'write the private address to listen on, for instance 10.0.0.1:5001',
  'raft.peers': 'list every voter, for instance node-1@10.0.0.1:5001,node-2@10.0.0.2:5001,node-3@10.0.0.3:5001',
}

/** A cluster needs to know who this node is, where it listens and who else votes. */
const requiredKeys: readonly Rule[] = Object.entries(required).map(([key, advice]) => ({
  reads: ['raft.enable', key],
  check: (config, report, keys) => {
    const value = keys.get(key)!.value
    const isEmpty = value === '' || value === undefined || (Array.isArray(value) && value.length === 0)
    if (config.raft.enable && isEmpty) report.error(key, `is required with raft.enable; ${advice}`)
  },
}))

/** Port 0 takes any free port, which nobody else could know. */
const fixedPort: Rule = {
  reads: ['raft.enable', 'raft.raft_addr', 'raft.advertise_addr'],
  check: ({ raft }, report) => {
    if (!raft.enable) return
    if (raft.raftAddr?.port === 0) report.error('raft.raft_addr', 'port 0 differs at every start; write a fixed port')
    const advertised = raft.advertiseAddr
    if (advertised && (advertised.port === 0 || isUnspecified(advertised.host))) {
      const address = quote(formatHostPort(advertised))
      report.error(
        'raft.advertise_addr',
        `nobody can dial ${address}; write the address at which others reach this node`,
      )
    }
  },
}

/** One node has one address: the one in peers, the advertised one, or the one it listens on. */
const reachable: Rule = {
  reads: ['raft.enable', 'raft.node_id', 'raft.raft_addr', 'raft.advertise_addr', 'raft.peers'],
  check: (config, report) => {
    const { raft } = config
    if (!raft.enable || raft.nodeId === '') return
    const listed = raft.peers.find((peer) => peer.id === raft.nodeId)
    if (listed) checkSameAddress(config, listed.address, report)
    else checkOwnAddress(config, report)
  },
}

/** A member of the cluster can become leader, so `node.aggregator=false` contradicts `raft.enable`. */
const willing: Rule = {
  reads: ['raft.enable', 'node.aggregator'],
  check: ({ raft, node }, report, keys) => {
    if (!raft.enable) return
    if (!node.aggregator) {
      report.error('node.aggregator', 'a voter must be able to produce; set it to true, or raft.enable to false')
    } else if (keys.get('node.aggregator')!.value === false) {
      report.note('node.aggregator', 'is taken as true because raft.enable is; set it to say so')
    }
  },
}

/** What makes a set of voters impossible. */
export const membershipRules: readonly Rule[] = [...requiredKeys, fixedPort, reachable, willing]

function checkSameAddress({ raft }: Config, listed: string, report: Report): void {
  if (!raft.advertiseAddr || formatHostPort(raft.advertiseAddr) === listed) return
  const problem = `is ${quote(formatHostPort(raft.advertiseAddr))}, but raft.peers has this node at ${quote(listed)}`
  report.error('raft.advertise_addr', `${problem}; write the same address or remove one of the two`)
}

function checkOwnAddress({ raft }: Config, report: Report): void {
  if (!raft.advertiseAddr && !raft.raftAddr) return
  if (raft.advertiseAddr === undefined && raft.raftAddr && isUnspecified(raft.raftAddr.host)) {
    const problem = `nobody can dial ${quote(formatHostPort(raft.raftAddr))}`
    const advice = 'name this node in raft.peers or set raft.advertise_addr to the address at which others reach it'
    report.error('raft.raft_addr', `${problem}; ${advice}`)
    return
  }
  const twin = raft.peers.find((peer) => peer.address === raft.advertisedAddress)
  if (!twin) return
  const problem = `${quote(twin.id)} has the address of this node, ${quote(raft.nodeId)}`
  report.error('raft.peers', `${problem}; give them the same name or different addresses`)
}

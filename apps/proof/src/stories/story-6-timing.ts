import { join } from 'node:path'
import { freePorts } from '../cluster/free-ports.ts'
import { makeNamespaces, type Namespaces } from '../cluster/namespaces.ts'
import { loopbackPlaces, type Place } from '../cluster/place.ts'
import { undisturbed } from '../cluster/undisturbed.ts'
import { staysSteady } from '../measure/steady.ts'
import type { Scene, Stage, Story } from './story.ts'

const windowMs = { short: 15_000, full: 60_000 }

/** A pair of the production guide, with the block time that it recommends the pair for. */
function pair(heartbeatMs: number, leaseMs: number, slotMs: number): Scene {
  return {
    name: `heartbeat ${heartbeatMs} ms and lease ${leaseMs} ms run without a leader change, blocks every ${slotMs} ms`,
    play: async (stage) => {
      const cluster = await stage.cluster({
        places: async (directory) => withPrefix(await undisturbed(), await loopbackPlaces(directory, 3)),
        flags: [
          `--raft.heartbeat_timeout=${heartbeatMs}ms`,
          `--raft.leader_lease_timeout=${leaseMs}ms`,
          `--node.block_time=${slotMs}ms`,
        ],
      })
      cluster.startAll()
      const { blocks, longestIntervalMs, term } = await staysSteady(cluster, windowMs[stage.scale], slotMs)
      return { blocks, longest_interval_ms: longestIntervalMs, term }
    },
  }
}

/** The example of the production guide from `start` on, line by line. */
const printed: readonly string[] = [
  'start',
  '--node.aggregator',
  '--raft.enable',
  '--raft.node_id=node-1',
  '--raft.raft_addr=0.0.0.0:5001',
  '--raft.raft_dir=/var/lib/ev-node/raft',
  '--raft.bootstrap=true',
  '--raft.peers=node-1@10.0.1.1:5001,node-2@10.0.1.2:5001,node-3@10.0.1.3:5001',
  '--p2p.listen_address=/ip4/0.0.0.0/tcp/26656',
]

const example: Scene = {
  name: "the production guide's example runs as printed on three addresses, with default timing and without a leader change",
  play: async (stage) => {
    const namespaces = await makeNamespaces(3)
    const hosts = await hostsOf(stage, namespaces)
    const cluster = await stage.cluster({
      places: async (directory) => withPrefix(await undisturbed(), await hosts(directory)),
    })
    for (const place of cluster.places) cluster.start(place.id, [], exampleArgs(place, cluster.places))
    const { blocks, longestIntervalMs, term } = await staysSteady(cluster, windowMs[stage.scale], 1000)
    const network = typeof namespaces === 'string' ? `loopback: ${namespaces}` : 'namespaces'
    return { blocks, longest_interval_ms: longestIntervalMs, term, network }
  },
}

/** As printed, but for what differs from node to node. The other flags: a home, and HTTP where we reach it. */
function exampleArgs(place: Place, all: readonly Place[]): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    '--raft.node_id': place.id,
    '--raft.raft_addr': `0.0.0.0:${place.raftPort}`,
    '--raft.raft_dir': join(place.home, 'raft'),
    '--raft.peers': all.map(({ id, host, raftPort }) => `${id}@${host}:${raftPort}`).join(','),
    '--p2p.listen_address': `/ip4/0.0.0.0/tcp/${place.p2pPort}`,
  }
  const own = printed.map((argument) => {
    const [name = '', value] = argument.split('=')
    return value === undefined ? argument : `${name}=${values[name] ?? value}`
  })
  return [...own, `--home=${place.home}`, `--rpc.address=${place.host}:${place.rpcPort}`]
}

/** Three hosts with the addresses and ports as printed; on loopback the ports must differ, because all listen on 0.0.0.0. */
async function hostsOf(
  stage: Stage,
  namespaces: Namespaces | string,
): Promise<(directory: string) => Promise<readonly Place[]>> {
  if (typeof namespaces !== 'string') stage.onClose(() => namespaces.remove())
  const ports = await freePorts(12)
  return (directory) =>
    Promise.resolve(
      [0, 1, 2].map((i) => {
        const [raftPort = 0, rpcPort = 0, p2pPort = 0, metricsPort = 0] = ports.slice(4 * i)
        const at = { id: `node-${i + 1}`, home: join(directory, `node-${i + 1}`) }
        return typeof namespaces === 'string'
          ? { ...at, host: `127.0.0.${i + 1}`, raftPort, rpcPort, p2pPort, metricsPort, prefix: [] }
          : {
              ...at,
              host: namespaces.addresses[i]!,
              raftPort: 5001,
              rpcPort: 7331,
              p2pPort: 26656,
              metricsPort: 26660,
              prefix: namespaces.prefix(i),
            }
      }),
    )
}

function withPrefix(prefix: readonly string[], places: readonly Place[]): readonly Place[] {
  return places.map((place) => ({ ...place, prefix: [...prefix, ...place.prefix] }))
}

/** The timing that is asked for. Wants the machine to itself. */
export const timing: Story = {
  number: 6,
  title: 'timing pairs',
  scenes: [pair(50, 250, 500), pair(100, 500, 1000), example],
}

import { afterEach, expect, test } from 'vitest'
import { Cluster } from '../../src/cluster/cluster.ts'
import { producing, reached, ready } from '../../src/cluster/conditions.ts'
import type { Place } from '../../src/cluster/place.ts'
import { commandsOf, curl, snippets } from '../support/readme.ts'

let cluster: Cluster | undefined

afterEach(async () => {
  await cluster?.close()
  cluster = undefined
})

const starting = (...words: readonly string[]): readonly (readonly string[])[] =>
  snippets
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => commandsOf(text))
    .filter((command) => words.every((word, i) => command[i] === word))

test('the curl commands of the README do what it says, at any node', async () => {
  cluster = await Cluster.create()
  cluster.startAll()
  await producing(cluster)
  await ready(cluster)
  const ports = new Map(cluster.places.map(({ rpcPort }, i) => [String(7331 + i), rpcPort]))
  const [send, read, block, who] = starting('curl')
  const { height } = JSON.parse(await curl(send!, ports)) as { height: number }
  await reached(cluster, height)
  expect(await curl(read!, ports)).toBe('hello')
  expect((JSON.parse(await curl(block!, ports)) as { height: number }).height).toBeGreaterThanOrEqual(height)
  expect(JSON.parse(await curl(who!, ports))).toMatchObject({ node_id: 'node-1', leader_id: await producing(cluster) })
})

test('the production node of the README runs as printed, but for ids, addresses, directories and ports', async () => {
  cluster = await Cluster.create()
  const inits = starting('aggregator', 'init')
  expect(inits.map((words) => words.filter((word) => word.startsWith('--')))).toEqual([
    ['--home', '--chain_id'],
    ['--home', '--from'],
  ])
  const [printed] = starting('aggregator', 'start')
  for (const place of cluster.places) cluster.start(place.id, [], argsFor(place, cluster, printed!))
  await reached(cluster, 2, cluster.ids)
})

/** What the README prints for node-1, as it is for a node of this cluster. */
function argsFor(place: Place, { places, peerIds }: Cluster, printed: readonly string[]): readonly string[] {
  const values: Readonly<Record<string, string>> = {
    '--raft.node_id': place.id,
    '--raft.raft_addr': `0.0.0.0:${place.raftPort}`,
    '--raft.raft_dir': `${place.home}/raft`,
    '--raft.peers': places.map(({ id, host, raftPort }) => `${id}@${host}:${raftPort}`).join(','),
    '--p2p.listen_address': `/ip4/0.0.0.0/tcp/${place.p2pPort}`,
    '--p2p.peers': places
      .filter((other) => other !== place)
      .map((other) => `/ip4/${other.host}/tcp/${other.p2pPort}/p2p/${peerIds.get(other.id)}`)
      .join(','),
  }
  const own = printed.slice(1).map((word) => {
    const [name = '', value] = word.split('=')
    if (word === '/var/lib/aggregator') return place.home
    return value === undefined ? word : `${name}=${values[name] ?? value}`
  })
  return [
    ...own,
    `--rpc.address=${place.host}:${place.rpcPort}`,
    `--instrumentation.prometheus_listen_addr=${place.host}:${place.metricsPort}`,
  ]
}

import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { parseSamples } from '../observe/support/samples.ts'
import { AggregatorCluster, run } from '../support/cluster.ts'

const opened: AggregatorCluster[] = []

afterEach(async ({ task }) => {
  for (const cluster of opened.splice(0)) {
    if (task.result?.state === 'fail') process.stderr.write(await cluster.describe())
    await cluster.close()
  }
})

async function create(nodes: number): Promise<AggregatorCluster> {
  const address = '--instrumentation.prometheus_listen_addr=127.0.0.1:0'
  const flags = ['--instrumentation.prometheus', address, '--log.format=json']
  const cluster = await AggregatorCluster.create({ nodes, flags })
  opened.push(cluster)
  return cluster
}

/** Where a node serves its metrics, as it says in its log. */
function address(cluster: AggregatorCluster, id: string): Promise<string> {
  return cluster.until(async () => {
    const lines = (await cluster.log(id)).split('\n')
    const said = lines.findLast((line) => line.includes('"metrics are served"'))
    return said && `http://127.0.0.1:${(JSON.parse(said) as { port: number }).port}`
  })
}

async function scrape(cluster: AggregatorCluster, id: string): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${await address(cluster, id)}/metrics`)
  expect(answer.status).toBe(200)
  return parseSamples(await answer.text()).values
}

/** Sum over all labels. */
function total(values: ReadonlyMap<string, number>, name: string): number {
  const found = [...values].filter(([series]) => series === name || series.startsWith(`${name}{`))
  return found.reduce((sum, [, value]) => sum + value, 0)
}

test('a node that produces shows heights, its leadership and the block interval; other paths are 404', async () => {
  const cluster = await create(1)
  cluster.start('node-0')
  await cluster.reach(3)
  const values = await scrape(cluster, 'node-0')
  const { height, term } = (await cluster.status('node-0'))!
  expect(values.get('evnode_sequencer_height{chain_id="test"}')).toBeGreaterThanOrEqual(3)
  expect(values.get('evnode_sequencer_height{chain_id="test"}')).toBeLessThanOrEqual(height)
  expect(values.get('aggregator_tip_height')).toBeGreaterThanOrEqual(3)
  expect(values.get('aggregator_producing')).toBe(1)
  expect(values.get('raft_role{role="leader"}')).toBe(1)
  expect(values.get('raft_term')).toBe(term)
  expect(values.get('raft_applied_index')).toBeGreaterThanOrEqual(3)
  expect(values.get('raft_leadership_changes_total{cause="started"}')).toBe(1)
  expect(values.get('aggregator_block_interval_seconds_count')).toBeGreaterThanOrEqual(2)
  expect(values.get('aggregator_info{node_id="node-0",chain_id="test",version="0.1.0"}')).toBe(1)
  expect(values.get('process_cpu_seconds_total')).toBeGreaterThan(0)
  // Between a commit and its execution a node is not ready.
  await cluster.until(async () => (await scrape(cluster, 'node-0')).get('aggregator_ready') === 1)
  const elsewhere = await fetch(`${await address(cluster, 'node-0')}/status`)
  expect(elsewhere.status).toBe(404)
  expect(await cluster.signal('node-0', 'SIGTERM')).toBe(0)
})

test('the members that are left count the failover, and what went over the wire', async () => {
  const cluster = await create(3)
  for (const id of cluster.ids) cluster.start(id)
  const leader = await cluster.leader()
  await cluster.reach(2)
  await cluster.signal(leader, 'SIGKILL')
  const left = cluster.ids.filter((id) => id !== leader)
  const next = await cluster.leader()
  const { height } = (await cluster.status(next))!
  await cluster.reach(height + 1)
  for (const id of left) {
    const values = await cluster.until(async () => {
      const shown = await scrape(cluster, id)
      return total(shown, 'raft_leadership_changes_total') >= 2 && shown
    })
    const other = left.find((each) => each !== id)!
    expect(values.get('raft_leadership_changes_total{cause="started"}')).toBe(1)
    expect(values.get(`raft_peer_connected{peer="${leader}"}`)).toBe(0)
    expect(values.get(`raft_peer_connected{peer="${other}"}`)).toBe(1)
    expect(values.get(`raft_transport_received_bytes_total{peer="${other}"}`)).toBeGreaterThan(0)
    expect(values.get('raft_log_append_seconds_count')).toBeGreaterThan(0)
  }
  expect((await scrape(cluster, next)).get('aggregator_producing')).toBe(1)
})

test('a metrics port in use is one clear line that names the key', async () => {
  const cluster = await create(1)
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const result = await run(
    'start',
    `--home=${cluster.home('node-0')}`,
    '--node.aggregator',
    '--rpc.address=127.0.0.1:0',
    '--p2p.listen_address=/ip4/127.0.0.1/tcp/0',
    '--instrumentation.prometheus',
    `--instrumentation.prometheus_listen_addr=127.0.0.1:${port}`,
  )
  await once(other.close(), 'close')
  expect(result.code).toBe(1)
  expect(result.stderr).toContain(`instrumentation.prometheus_listen_addr 127.0.0.1:${port}: is in use`)
  expect(result.stderr).not.toContain('    at ')
})

import { expect, test } from 'vitest'
import type { NodeMetrics } from '../../src/observe/metrics/node-metrics.ts'
import { newMetrics } from './support/member.ts'
import { parseSamples } from './support/samples.ts'

async function values(metrics: NodeMetrics): Promise<ReadonlyMap<string, number>> {
  return parseSamples(await metrics.text()).values
}

test('the transport counts for each member; whoever is not in the configuration makes no series of its own', async () => {
  const metrics = newMetrics('a', ['a', 'b'])
  const { transport } = metrics
  transport.sent?.('b', 10)
  transport.sent?.('b', 5)
  transport.received?.('b', 7)
  transport.received?.('stranger-1', 1)
  transport.received?.('stranger-2', 1)
  transport.dropped?.('b', 'queueFull')
  transport.queued?.('b', 99)
  transport.roundTrip?.('b', 2)
  transport.refused?.('WRONG_CLUSTER')
  const shown = await values(metrics)
  expect(shown.get('raft_transport_sent_messages_total{peer="b"}')).toBe(2)
  expect(shown.get('raft_transport_sent_bytes_total{peer="b"}')).toBe(15)
  expect(shown.get('raft_transport_received_bytes_total{peer="b"}')).toBe(7)
  expect(shown.get('raft_transport_received_messages_total{peer="other"}')).toBe(2)
  expect(shown.get('raft_transport_dropped_messages_total{peer="b",reason="queueFull"}')).toBe(1)
  expect(shown.get('raft_transport_queue_bytes{peer="b"}')).toBe(99)
  expect(shown.get('raft_transport_round_trip_seconds_sum{peer="b"}')).toBe(0.002)
  expect(shown.get('raft_transport_refused_connections_total{code="WRONG_CLUSTER"}')).toBe(1)
  expect([...shown.keys()].join('\n')).not.toContain('stranger')
})

test('history that was served and fetched is counted by kind, and fetched blocks as ev-node counts them', async () => {
  const metrics = newMetrics('a')
  const { catchUp } = metrics
  catchUp.served({ kind: 'header' }, 64, 6400)
  catchUp.served({ kind: 'data' }, 0, 0)
  catchUp.failed({ kind: 'data' })
  catchUp.fetched('header', 10, 1000)
  catchUp.fetched('data', 8, 5000)
  catchUp.convicted('wrong-data')
  const shown = await values(metrics)
  expect(shown.get('p2p_catchup_items_served_total{kind="header"}')).toBe(64)
  expect(shown.get('p2p_catchup_bytes_served_total{kind="header"}')).toBe(6400)
  expect(shown.get('p2p_catchup_requests_served_total{kind="data"}')).toBe(1)
  expect(shown.get('p2p_catchup_requests_failed_total{kind="data"}')).toBe(1)
  expect(shown.get('p2p_catchup_headers_fetched_total')).toBe(10)
  expect(shown.get('p2p_catchup_blocks_fetched_total')).toBe(8)
  expect(shown.get('p2p_catchup_bytes_fetched_total{kind="header"}')).toBe(1000)
  expect(shown.get('p2p_catchup_bytes_fetched_total{kind="data"}')).toBe(5000)
  expect(shown.get('p2p_catchup_convictions_total{kind="wrong-data"}')).toBe(1)
  expect(shown.get('evnode_sequencer_blocks_synchronized_total{chain_id="c",source="p2p"}')).toBe(8)
})

test('two nodes of one process count apart', async () => {
  const [one, other] = [newMetrics('a'), newMetrics('b')]
  one.catchUp.fetched('data', 8, 5000)
  expect((await values(one)).get('p2p_catchup_blocks_fetched_total')).toBe(8)
  expect((await values(other)).get('p2p_catchup_blocks_fetched_total')).toBe(0)
})

import { MemoryDisk, MemoryHub } from 'raft-testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptyStore, leaderOf, Member } from './support/member.ts'
import { parseSamples } from './support/samples.ts'

let disk: MemoryDisk
let member: Member

beforeEach(async () => {
  disk = new MemoryDisk()
  await open()
})

afterEach(() => member.close())

async function open(): Promise<void> {
  member = new Member(new MemoryHub(), 'a', ['a'], disk)
  await member.raft.start()
  await leaderOf([member])
}

async function values(): Promise<ReadonlyMap<string, number>> {
  return parseSamples(await member.metrics.text()).values
}

test("committed blocks are counted, with the chain's rhythm and under ev-node's names", async () => {
  for (let i = 0; i < 3; i++) await member.block()
  await member.shows('aggregator_blocks_committed_total', 3)
  const shown = await values()
  expect(shown.get('aggregator_tip_height')).toBe(3)
  expect(shown.get('aggregator_last_block_timestamp_seconds')).toBe(3)
  expect(shown.get('aggregator_block_time_seconds')).toBe(1)
  expect(shown.get('aggregator_block_interval_seconds_count')).toBe(2)
  expect(shown.get('aggregator_block_interval_seconds_sum')).toBe(2)
  expect(shown.get('aggregator_block_commit_interval_seconds_count')).toBe(2)
  expect(shown.get('aggregator_transactions_committed_total')).toBe(0)
  expect(shown.get('evnode_sequencer_latest_block_height{chain_id="c"}')).toBe(3)
  expect(shown.get('evnode_sequencer_txs_per_block_count{chain_id="c"}')).toBe(3)
  expect(shown.get('evnode_sequencer_block_size_bytes{chain_id="c"}')).toBeGreaterThan(0)
  const produced = 'evnode_sequencer_operation_duration_seconds_count{chain_id="c",operation="block_production"}'
  expect(shown.get(produced)).toBe(3)
  expect(shown.get('evnode_sequencer_blocks_synchronized_total{chain_id="c",source="raft"}')).toBe(0)
})

test('blocks that the own log brings again after a restart are not counted again', async () => {
  await member.block()
  await member.block()
  await member.close()
  await open()
  await member.block()
  await member.shows('aggregator_blocks_committed_total', 1)
  const shown = await values()
  expect(shown.get('aggregator_tip_height')).toBe(3)
  expect(shown.get('aggregator_block_interval_seconds_sum')).toBe(1) // from block 2 to 3
  expect(shown.get('aggregator_block_commit_interval_seconds_count')).toBe(0)
  expect(shown.get('evnode_sequencer_total_txs{chain_id="c"}')).toBe(0)
})

test('heights are those of the store, and a hole below what the log brings is a gap', async () => {
  for (let i = 0; i < 5; i++) await member.block()
  const blocks = [
    { from: 1, to: 1 },
    { from: 4, to: 4 },
  ]
  member.store = { ...emptyStore, contiguous: 1, highest: 4, executed: 1, sealed: 1, blocks, headers: blocks }
  member.service = {
    pipeline: { lag: 4, problem: undefined, nextToStore: 5 },
    leadership: { isProducing: false },
  }
  const shown = await values()
  expect(shown.get('aggregator_stored_height')).toBe(4)
  expect(shown.get('aggregator_contiguous_height')).toBe(1)
  expect(shown.get('aggregator_executed_height')).toBe(1)
  expect(shown.get('aggregator_sealed_height')).toBe(1)
  expect(shown.get('evnode_sequencer_height{chain_id="c"}')).toBe(1)
  expect(shown.get('p2p_catchup_gap_blocks')).toBe(2) // 2 and 3; 5 is on its way from the log
  expect(shown.get('aggregator_lag_blocks')).toBe(4)
})

test('a node without history that installed a snapshot misses all of it', async () => {
  for (let i = 0; i < 5; i++) await member.block()
  member.service = {
    pipeline: { lag: 5, problem: undefined, nextToStore: 6 },
    leadership: { isProducing: false },
  }
  expect(await member.sample('p2p_catchup_gap_blocks')).toBe(5)
})

test('a producer is ready, and one whose executor fails says so', async () => {
  expect(await member.sample('aggregator_ready')).toBe(0)
  const pipeline = { lag: 0, problem: undefined, nextToStore: 1 }
  member.service = { pipeline, leadership: { isProducing: true } }
  member.isReady = true
  expect(await member.sample('aggregator_producing')).toBe(1)
  expect(await member.sample('aggregator_ready')).toBe(1)
  expect(await member.sample('aggregator_execution_blocked')).toBe(0)
  const problem = 'the executor does not answer'
  member.service = { pipeline: { ...pipeline, problem }, leadership: { isProducing: false } }
  expect(await member.sample('aggregator_producing')).toBe(0)
  expect(await member.sample('aggregator_execution_blocked')).toBe(1)
})

import assert from 'node:assert/strict'
import type { BlockDocument } from 'aggregator'
import { timeNsOf } from '../audit/from-genesis.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { producing, ready, reached, tipHeight } from '../cluster/conditions.ts'
import { intervalsMs } from '../measure/failover.ts'
import { medianOf } from '../measure/median.ts'
import type { Scene, Story } from './story.ts'
import { underLoad } from './under-load.ts'

const handOvers = { short: 1, full: 5 }

/** A slot: the time from one block to the next. The default of node.block_time. */
const slotMs = 1000

const handOver: Scene = {
  name: 'SIGTERM to the leader moves leadership, misses at most one slot, and ends with exit code 0',
  play: async (stage) => {
    const moments: bigint[] = []
    const { chain, transactions } = await underLoad(
      stage,
      { flags: [`--node.block_time=${slotMs}ms`] },
      async (cluster) => {
        await reached(cluster, 2)
        for (let i = 0; i < handOvers[stage.scale]; i++) moments.push(await terminateLeader(cluster))
      },
    )
    const gaps = moments.map((atNs) => gapAround(chain, atNs))
    for (const gapMs of gaps) assert.ok(missedSlots(gapMs) <= 1, `no block for ${gapMs} ms around a hand-over`)
    return {
      slot_ms: slotMs,
      hand_over_gap_ms: gaps,
      blocks: chain.length,
      median_interval_ms: medianOf(intervalsMs(chain)),
      transactions,
    }
  },
}

/** When the leader was told to end, in Unix nanoseconds; it is back when this resolves. */
async function terminateLeader(cluster: Cluster): Promise<bigint> {
  const leader = await producing(cluster)
  const atNs = BigInt(Date.now()) * 1_000_000n
  const exit = await cluster.end(leader, 'SIGTERM')
  assert.deepEqual(exit, { code: 0, signal: null })
  const next = await producing(cluster)
  assert.notEqual(next, leader)
  // The gap is only known once a block follows the hand-over.
  await reached(cluster, (await tipHeight(cluster)) + 2)
  cluster.start(leader)
  await ready(cluster)
  return atNs
}

/**
 * The longest interval, by header times, that touches the hand-over: from the last block built before the signal over the next
 * two. The new leader's first block may be the first or, when the old one finished a block after the signal, the second.
 */
function gapAround(chain: readonly BlockDocument[], atNs: bigint): number {
  const last = chain.findLastIndex((block) => timeNsOf(block) <= atNs)
  return Math.max(...intervalsMs(chain.slice(last, last + 3)))
}

/** Slots without a block in an interval: none in one slot, one in two; what is in between counts for the nearer. */
function missedSlots(intervalMs: number): number {
  return Math.max(0, Math.round(intervalMs / slotMs) - 1)
}

const rollingRestart: Scene = {
  name: 'a rolling restart of all three loses nothing',
  play: async (stage) => {
    const { chain, transactions } = await underLoad(stage, {}, async (cluster) => {
      for (const id of cluster.ids) {
        assert.deepEqual(await cluster.end(id, 'SIGTERM'), { code: 0, signal: null })
        cluster.start(id)
        await ready(cluster)
      }
    })
    return {
      blocks: chain.length,
      median_interval_ms: medianOf(intervalsMs(chain)),
      transactions,
      longest_interval_ms: Math.max(...intervalsMs(chain)),
    }
  },
}

/** Stopping on purpose: the leader hands over before it goes. */
export const handOverLeadership: Story = {
  number: 4,
  title: 'SIGTERM and rolling restart',
  scenes: [handOver, rollingRestart],
}

import assert from 'node:assert/strict'
import type { BlockDocument } from 'aggregator'
import { timeNsOf } from '../audit/from-genesis.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { producing, ready, reached, tipHeight } from '../cluster/conditions.ts'
import { intervalsMs } from '../measure/failover.ts'
import type { Scene, Story } from './story.ts'
import { underLoad } from './under-load.ts'

const handOvers = 5

/** A slot: the time from one block to the next. The default of node.block_time. */
const slotMs = 1000

const flags = [`--node.block_time=${slotMs}ms`]

const handOver: Scene = {
  isOnlyFull: true,
  name: 'SIGTERM to each leader in turn moves leadership, misses at most one slot, and ends with exit code 0',
  play: async (stage) => {
    const moments: bigint[] = []
    const { chain, transactions } = await underLoad(stage, { flags }, async (cluster) => {
      await reached(cluster, 2)
      while (moments.length < handOvers) moments.push(...(await restart(cluster, await producing(cluster))))
    })
    return { slot_ms: slotMs, hand_over_gap_ms: gapsAround(chain, moments), blocks: chain.length, transactions }
  },
}

/** The gap around each hand-over, none of which may be more than one missed slot. */
function gapsAround(chain: readonly BlockDocument[], moments: readonly bigint[]): readonly number[] {
  const gaps = moments.map((atNs) => gapAround(chain, atNs))
  for (const gapMs of gaps) assert.ok(missedSlots(gapMs) <= 1, `no block for ${gapMs} ms around a hand-over`)
  return gaps
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
  name: 'a rolling restart of all three loses nothing; the leader hands over, misses at most one slot, and ends with exit code 0',
  play: async (stage) => {
    const moments: bigint[] = []
    const { chain, transactions } = await underLoad(stage, { flags }, async (cluster) => {
      await reached(cluster, 2)
      for (const id of cluster.ids) moments.push(...(await restart(cluster, id)))
      // A busy machine may elect anew in between, and then none of them led when its turn came.
      while (moments.length === 0) moments.push(...(await restart(cluster, await producing(cluster))))
    })
    return { slot_ms: slotMs, hand_over_gap_ms: gapsAround(chain, moments), blocks: chain.length, transactions }
  },
}

/** Restarts a node; gives the moment at which it was told to end, in Unix nanoseconds, if it led then. */
async function restart(cluster: Cluster, id: string): Promise<readonly bigint[]> {
  const isLeader = (await producing(cluster)) === id
  const atNs = BigInt(Date.now()) * 1_000_000n
  assert.deepEqual(await cluster.end(id, 'SIGTERM'), { code: 0, signal: null })
  if (isLeader) {
    assert.notEqual(await producing(cluster), id)
    // The gap is only known once blocks follow the hand-over.
    await reached(cluster, (await tipHeight(cluster)) + 2)
  }
  cluster.start(id)
  await ready(cluster)
  return isLeader ? [atNs] : []
}

/** Stopping on purpose: the leader hands over before it goes. */
export const handOverLeadership: Story = {
  number: 4,
  title: 'SIGTERM and rolling restart',
  scenes: [rollingRestart, handOver],
}

import assert from 'node:assert/strict'
import type { StatusDocument } from 'aggregator'
import type { Cluster } from '../cluster/cluster.ts'
import { producing, reached, untilStatus } from '../cluster/conditions.ts'
import { backfillMsIn } from '../measure/backfill-log.ts'
import type { Scene, Story } from './story.ts'
import { underLoad } from './under-load.ts'

/** Blocks that a node misses at least. */
const missed = 1000
const missedWithoutPeers = { short: 60, full: 300 }

/** Many small blocks, and a log that is cut early. */
const flags = [
  '--node.block_time=20ms',
  '--raft.snapshot_threshold=20',
  '--raft.trailing_logs=5',
  '--raft.snapshot_interval=100ms',
]

const withoutPeers: Scene = {
  name: 'a node that was away until its log is gone gets a snapshot; without p2p the blocks below do not come and it says why, with p2p they do',
  play: async (stage) => {
    let withheld = 0
    let filled: Filled | undefined
    const { chain } = await underLoad(stage, { flags }, async (cluster) => {
      const away = await keepAway(cluster, missedWithoutPeers[stage.scale])
      withheld = await comeBackAlone(cluster, away)
      assert.deepEqual(await cluster.end(away.id, 'SIGTERM'), { code: 0, signal: null })
      cluster.start(away.id)
      filled = await watchFilling(cluster, away)
    })
    return { blocks: chain.length, withheld_blocks: withheld, blocks_by_p2p: filled!.blocks }
  },
}

/**
 * Starts a node that knows nobody on p2p, and that nobody finds there: the others dial its usual address. Gives how many blocks
 * it knows to be committed and cannot execute.
 */
async function comeBackAlone(cluster: Cluster, away: Away): Promise<number> {
  const others = cluster.ids.filter((id) => id !== away.id)
  cluster.start(away.id, ['--p2p.peers=', '--p2p.listen_address=/ip4/127.0.0.1/tcp/0'])
  const stuck = await untilStatus(cluster, away.id, 'has a snapshot and says why blocks do not come', (status) => {
    return status.snapshot_index > away.lastLogIndex && status.backfill.stuck_reason !== ''
  })
  requireStuck(stuck, away)
  const goal = stuck.tip_height + 20
  await reached(cluster, goal, others)
  const later = await untilStatus(cluster, away.id, `follows to ${goal}`, ({ tip_height }) => tip_height >= goal)
  requireStuck(later, away)
  assert.equal(await cluster.client(away.id).block(away.height + 1), undefined)
  assert.equal(await fetched(cluster, away.id), 0)
  return later.tip_height - later.height
}

const snapshotAndBackfill: Scene = {
  isOnlyFull: true,
  name: 'a node that missed a thousand blocks gets them by libp2p, with progress to be seen',
  play: async (stage) => {
    let filled: Filled | undefined
    const { chain, transactions } = await underLoad(stage, { flags }, async (cluster) => {
      const away = await keepAway(cluster, missed)
      cluster.start(away.id)
      filled = await watchFilling(cluster, away)
    })
    const { snapshotIndex, progressSeen, blocks, tookMs } = filled!
    assert.ok(progressSeen > 0, 'the backfill was seen at work')
    return {
      blocks: chain.length,
      transactions,
      snapshot_index: snapshotIndex,
      backfilled_blocks: blocks,
      backfill_ms: tookMs,
      backfill_blocks_per_s: Math.round((1000 * blocks) / tookMs),
    }
  },
}

/** A node that is away, and where it stood. */
interface Away {
  readonly id: string
  readonly lastLogIndex: number
  readonly height: number
}

/** Stops a follower until its log ends below what the leader still has, by as many blocks as it shall miss. */
async function keepAway(cluster: Cluster, blocks: number): Promise<Away> {
  const leader = await producing(cluster)
  const id = cluster.ids.find((other) => other !== leader)!
  await reached(cluster, 10)
  assert.deepEqual(await cluster.end(id, 'SIGTERM'), { code: 0, signal: null })
  const { last_log_index: lastLogIndex, height } = await untilStatus(cluster, leader, 'answers', () => true)
  await untilStatus(cluster, leader, `has cut its log ${blocks} entries above ${lastLogIndex}`, (status) => {
    return status.snapshot_index > lastLogIndex + blocks
  })
  return { id, lastLogIndex, height }
}

interface Filled {
  readonly snapshotIndex: number
  /** Blocks that came by libp2p. */
  readonly blocks: number
  readonly tookMs: number
  /** Answers of `/status` that showed the backfill at work. */
  readonly progressSeen: number
}

/** Watches a node that came back until it holds and executed everything. */
async function watchFilling(cluster: Cluster, { id, lastLogIndex, height }: Away): Promise<Filled> {
  const logBefore = (await cluster.log(id)).length
  const servedBefore = await served(cluster, id)
  let progressSeen = 0
  const { snapshot_index: snapshotIndex } = await cluster.until(
    `${id} has a snapshot beyond its log, and every block again`,
    async () => {
      const status = await cluster.client(id).status()
      if (status === undefined || status.snapshot_index <= lastLogIndex) return undefined
      if (status.backfill.active) progressSeen += 1
      return !status.backfill.active && status.ready && status.height > height ? status : undefined
    },
    { lookEveryMs: 5 },
  )
  const blocks = await fetched(cluster, id)
  const items = (await served(cluster, id)) - servedBefore
  assert.ok(blocks > 0 && items >= 2 * blocks, `${blocks} blocks came, and ${items} headers and data were given`)
  return { snapshotIndex, blocks, progressSeen, tookMs: backfillMsIn((await cluster.log(id)).slice(logBefore)) }
}

/** Blocks that a run of a node got by libp2p. */
async function fetched(cluster: Cluster, id: string): Promise<number> {
  return (await cluster.client(id).metric('p2p_catchup_blocks_fetched_total'))!
}

/** Headers and data that the others gave by libp2p. */
async function served(cluster: Cluster, id: string): Promise<number> {
  const others = cluster.ids.filter((other) => other !== id)
  const counts = await Promise.all(others.map((id) => cluster.client(id).metric('p2p_catchup_items_served_total')))
  return counts.reduce<number>((sum, count) => sum + count!, 0)
}

/** The blocks between what it had and the snapshot, none of which it has. */
function requireStuck({ backfill, ready, producing, not_ready_reason, height }: StatusDocument, away: Away): void {
  assert.equal(backfill.active, true)
  assert.notEqual(backfill.stuck_reason, '')
  assert.ok(height <= away.height, `block ${height} came from somewhere`)
  assert.deepEqual({ ready, producing }, { ready: false, producing: false })
  assert.match(not_ready_reason, /fetch/)
}

/** A member whose log was cut behind it: consensus by snapshot, history by libp2p. */
export const backfill: Story = {
  number: 3,
  title: 'snapshot and backfill',
  scenes: [withoutPeers, snapshotAndBackfill],
}

import type { BlockDocument } from 'aggregator'
import { timeNsOf } from '../audit/from-genesis.ts'
import type { Cluster } from '../cluster/cluster.ts'

/** How often survivors are asked, in milliseconds: the resolution of what is measured. */
const lookEveryMs = 5

/** Milliseconds from the moment a leader was lost. */
export interface Failover {
  readonly leader: string
  readonly toLeaderMs: number
  /** To the first block that was built after that moment and that another node shows. */
  readonly toBlockMs: number
  /** Until every survivor names the new leader at `/raft/node`. */
  readonly toRaftNodeMs: number
}

/** Watches, from now, how long the others take to lead and to produce. All clocks are this machine's. */
export async function measureFailover(cluster: Cluster, lost: string, termBefore: number): Promise<Failover> {
  const began = performance.now()
  const beganNs = BigInt(Date.now()) * 1_000_000n
  const survivors = cluster.ids.filter((id) => id !== lost && cluster.running.includes(id))
  let leader: { id: string; afterMs: number } | undefined
  let toBlockMs: number | undefined
  let toRaftNodeMs: number | undefined
  return cluster.until(
    `a block is built after ${lost} was lost, and every other node names who leads`,
    async () => {
      const [statuses, named] = await Promise.all([
        Promise.all(survivors.map((id) => cluster.client(id).status())),
        Promise.all(survivors.map((id) => cluster.client(id).raftNode())),
      ])
      const afterMs = Math.round(performance.now() - began)
      const leading = statuses.find((status) => status?.role === 'leader' && status.term > termBefore)
      if (leading) leader ??= { id: leading.node_id, afterMs }
      const isBuilt = statuses.some((status) => status?.block_time && timeNsOf({ time: status.block_time }) > beganNs)
      if (isBuilt) toBlockMs ??= afterMs
      if (leader && named.every((node) => node?.leader_id === leader?.id)) toRaftNodeMs ??= afterMs
      if (leader === undefined || toBlockMs === undefined || toRaftNodeMs === undefined) return undefined
      return { leader: leader.id, toLeaderMs: leader.afterMs, toBlockMs, toRaftNodeMs }
    },
    { lookEveryMs },
  )
}

/**
 * Milliseconds between each block and the one before, by the times in their headers. The first block bears the time of the
 * genesis, so the interval after it says nothing and is left out.
 */
export function intervalsMs(chain: readonly BlockDocument[]): readonly number[] {
  const timed = chain.filter(({ height }) => height > 1)
  return timed.slice(1).map((block, i) => Number((timeNsOf(block) - timeNsOf(timed[i]!)) / 1_000_000n))
}

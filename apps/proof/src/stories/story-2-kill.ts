import assert from 'node:assert/strict'
import { producing, ready, untilStatus } from '../cluster/conditions.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Failover, intervalsMs, measureFailover } from '../measure/failover.ts'
import { medianOf } from '../measure/median.ts'
import type { Scene, Story } from './story.ts'
import { underLoad } from './under-load.ts'

const kills = { short: 2, full: 10 }

const killUnderLoad: Scene = {
  name: 'the leader is killed under load: blocks go on, what was acknowledged is there once, no height has two hashes or signatures',
  play: async (stage) => {
    const failovers: Failover[] = []
    const { chain, transactions } = await underLoad(stage, {}, async (cluster) => {
      for (let i = 0; i < kills[stage.scale]; i++) failovers.push(await killLeader(cluster))
    })
    return {
      kills: failovers.length,
      kill_to_leader_ms: failovers.map(({ toLeaderMs }) => toLeaderMs),
      kill_to_block_ms: failovers.map(({ toBlockMs }) => toBlockMs),
      kill_to_raft_node_ms: failovers.map(({ toRaftNodeMs }) => toRaftNodeMs),
      blocks: chain.length,
      median_interval_ms: medianOf(intervalsMs(chain)),
      transactions,
    }
  },
}

/** Kills the leader, waits for the next one and its first block, and brings the old one back. */
async function killLeader(cluster: Cluster): Promise<Failover> {
  const leader = await producing(cluster)
  const { term } = await untilStatus(cluster, leader, 'leads', ({ role }) => role === 'leader')
  const watching = measureFailover(cluster, leader, term)
  const [failover, exit] = await Promise.all([watching, cluster.end(leader, 'SIGKILL')])
  assert.equal(exit.signal, 'SIGKILL')
  assert.notEqual(failover.leader, leader)
  cluster.start(leader)
  await ready(cluster)
  return failover
}

/** Failover by the death of the leader's process. */
export const killTheLeader: Story = { number: 2, title: 'kill -9 the leader', scenes: [killUnderLoad] }

import assert from 'node:assert/strict'
import { toHex, transactionHash } from 'block-fsm'
import { allCommitted } from '../audit/transactions.ts'
import { producing, reached, tipHeight, untilStatus } from '../cluster/conditions.ts'
import { intervalsMs, measureFailover } from '../measure/failover.ts'
import { pause } from '../wait.ts'
import { medianOf } from '../measure/median.ts'
import type { Scene, Story } from './story.ts'
import { underLoad } from './under-load.ts'

const stalledMs = { short: 3000, full: 10_000 }
const rounds = { short: 1, full: 3 }

const stall: Scene = {
  name: 'a leader that stands still is replaced; when it goes on it follows in the same process and publishes nothing stale',
  play: async (stage) => {
    const toBlockMs: number[] = []
    const backMs: number[] = []
    const asked: string[] = []
    const { chain, transactions } = await underLoad(stage, {}, async (cluster) => {
      for (let round = 0; round < rounds[stage.scale]; round++) {
        const leader = await producing(cluster)
        const { term } = await untilStatus(cluster, leader, 'leads', ({ role }) => role === 'leader')
        const process = cluster.process(leader)
        const began = performance.now()
        process.send('SIGSTOP')
        const failover = await measureFailover(cluster, leader, term)
        assert.notEqual(failover.leader, leader)
        toBlockMs.push(failover.toBlockMs)
        // How long it stands still is what this story is about; a connection may wait in its backlog meanwhile.
        const transaction = `stalled-${round}=x`
        const late = cluster.client(leader).post(transaction, 60_000)
        await pause(Math.max(0, stalledMs[stage.scale] - (performance.now() - began)))
        const others = cluster.ids.filter((id) => id !== leader)
        const tip = await tipHeight(cluster, others)
        const resumed = performance.now()
        process.send('SIGCONT')
        await reached(cluster, tip + 1, [leader])
        backMs.push(Math.round(performance.now() - resumed))
        await untilStatus(cluster, leader, 'follows', (status) => status.role === 'follower' && status.ready)
        assert.equal(process.exit, undefined, `${leader} follows in the same process`)
        assert.equal((await late).kind, 'acknowledged', 'what reached it while it stood still is taken')
        const hash = toHex(transactionHash(Buffer.from(transaction)))
        await allCommitted(cluster, [{ hash, node: leader }])
        asked.push(hash)
      }
    })
    const committed = chain.flatMap(({ txs }) => txs.map(({ hash }) => hash))
    for (const hash of asked) assert.equal(committed.filter((each) => each === hash).length, 1)
    return {
      stalled_ms: stalledMs[stage.scale],
      stall_to_block_ms: toBlockMs,
      resume_to_tip_ms: backMs,
      blocks: chain.length,
      median_interval_ms: medianOf(intervalsMs(chain)),
      transactions,
    }
  },
}

/** A pause longer than any timeout, as by a long collection of garbage or a moved machine. */
export const stallTheLeader: Story = { number: 5, title: 'SIGSTOP the leader', scenes: [stall] }

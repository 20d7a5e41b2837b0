import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import assert from 'node:assert/strict'
import { auditChain } from '../audit/chain.ts'
import { allCommitted, requireOnce, requireValues } from '../audit/transactions.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { producing, reached, ready, tipHeight, untilStatus } from '../cluster/conditions.ts'
import { Load } from '../load/load.ts'
import type { Scene, Story } from './story.ts'

const anyOrder: Scene = {
  name: 'three nodes, started in any order, wait for all and name who is missing, then elect one leader and produce',
  play: async (stage) => {
    const orders = stage.scale === 'full' ? permutations : permutations.slice(-1)
    const firstBlockMs: number[] = []
    for (const order of orders) firstBlockMs.push(await startInOrder(await stage.cluster(), order))
    return { orders: orders.length, last_start_to_first_block_ms: firstBlockMs }
  },
}

const permutations: readonly (readonly number[])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 1, 0],
  [2, 0, 1],
]

/** Milliseconds from the start of the last node to the first block. */
async function startInOrder(cluster: Cluster, order: readonly number[]): Promise<number> {
  const started: string[] = []
  const waiting = order.map((i) => cluster.ids[i]!)
  for (let id = waiting.shift(); id !== undefined && waiting.length > 0; id = waiting.shift()) {
    cluster.start(id)
    started.push(id)
    for (const each of started) await namesMissing(cluster, each, waiting)
    const posted = await cluster.client(id).post('a=1')
    assert.equal(posted.kind, 'refused', `${id} takes no transaction before there is a cluster`)
  }
  const began = performance.now()
  cluster.start(order.map((i) => cluster.ids[i]!).at(-1)!)
  await cluster.until('there is a first block', async () => (await tipHeight(cluster)) > 0)
  const tookMs = Math.round(performance.now() - began)
  await reached(cluster, 3)
  await cluster.until('all follow one leader', async () => {
    const statuses = await Promise.all(cluster.ids.map((id) => cluster.client(id).status()))
    const leaders = new Set(statuses.map((status) => status?.leader_id ?? ''))
    return leaders.size === 1 && !leaders.has('')
  })
  await auditChain(cluster)
  return tookMs
}

/** A node that waits says for whom, and has founded nothing. */
async function namesMissing(cluster: Cluster, id: string, missing: readonly string[]): Promise<void> {
  const status = await untilStatus(cluster, id, `waits for ${missing.join(' and ')} by name`, (status) =>
    missing.every((other) => status.not_ready_reason.includes(`${other} at `)),
  )
  assert.deepEqual([status.role, status.term, status.tip_height], ['forming', 0, 0])
}

const everyTransactionOnce: Scene = {
  name: '500 transactions posted to all nodes are each in one block; a home that lost everything comes back as a learner to them',
  play: async (stage) => {
    const cluster = await stage.cluster()
    cluster.startAll()
    await ready(cluster)
    const load = new Load(cluster, 'many')
    const began = performance.now()
    await load.post(500)
    const acknowledgedMs = performance.now() - began
    const { acknowledged, unknown } = load.result
    assert.deepEqual([acknowledged.length, unknown.length], [500, 0])
    await allCommitted(cluster, acknowledged)
    const committedMs = performance.now() - began
    requireOnce(await auditChain(cluster), load.result)
    await requireValues(cluster, acknowledged)
    const promotedMs = await comeBackEmpty(cluster)
    requireOnce(await auditChain(cluster), load.result)
    await requireValues(cluster, acknowledged)
    return {
      transactions: 500,
      acknowledged_per_s: Math.round(500_000 / acknowledgedMs),
      all_committed_ms: Math.round(committedMs),
      wiped_start_to_voter_ms: promotedMs,
    }
  },
}

/** Raft, store and guard of a follower are lost; keys and genesis are not. Milliseconds from its start until it votes again. */
async function comeBackEmpty(cluster: Cluster): Promise<number> {
  const leader = await producing(cluster)
  const lost = cluster.ids.find((id) => id !== leader)!
  await cluster.end(lost, 'SIGKILL')
  for (const part of ['raft', 'data']) await rm(join(cluster.place(lost).home, part), { recursive: true })
  const began = performance.now()
  cluster.start(lost)
  const learnedThenVoted = new RegExp(`${lost} staging[^]*${lost} voter`)
  await cluster.until(`${leader} says that ${lost} was a learner and is a voter`, async () =>
    learnedThenVoted.test(membersIn(await cluster.log(leader))),
  )
  const tookMs = Math.round(performance.now() - began)
  await ready(cluster)
  return tookMs
}

/** The members as a log says that they changed, change by change: a name and a suffrage for each. */
function membersIn(log: string): string {
  return [...log.matchAll(/members: "(.*)"/g)].map(([, members]) => members).join(', ')
}

/** How a cluster comes to be, and how a member that lost everything comes back to it. */
export const formation: Story = {
  number: 1,
  title: 'formation',
  scenes: [anyOrder, everyTransactionOnce],
}

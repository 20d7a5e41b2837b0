import { afterEach, expect, test } from 'vitest'
import type { BlockDocument } from '../../src/rpc/node-view.ts'
import { AggregatorCluster, type ClusterOptions } from '../support/cluster.ts'

const opened: AggregatorCluster[] = []

afterEach(async ({ task }) => {
  for (const cluster of opened.splice(0)) {
    if (task.result?.state === 'fail') process.stderr.write(await cluster.describe())
    await cluster.close()
  }
})

async function create(options: ClusterOptions = {}): Promise<AggregatorCluster> {
  const cluster = await AggregatorCluster.create(options)
  opened.push(cluster)
  return cluster
}

/** Walks every node's chain from the first block: same hashes, same signatures, linked. */
async function auditChain(
  cluster: AggregatorCluster,
  ids: readonly string[],
  tip: number,
): Promise<readonly BlockDocument[]> {
  const chain: BlockDocument[] = []
  for (let height = 1; height <= tip; height++) {
    const blocks = await Promise.all(ids.map((id) => cluster.block(id, height)))
    for (const block of blocks) expect(block, `block ${height}`).toEqual(blocks[0])
    const block = blocks[0]!
    expect(block.parent_hash).toBe(chain.at(-1)?.hash ?? '')
    chain.push(block)
  }
  return chain
}

/** How often each transaction stands in the chain. */
function countTransactions(chain: readonly BlockDocument[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { txs } of chain) for (const { hash } of txs) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  return counts
}

test('three nodes wait for each other, name who is missing, then produce; every transaction is in one block', async () => {
  const cluster = await create()
  cluster.start('node-2')
  cluster.start('node-0')
  await cluster.until(async () => (await cluster.status('node-0'))?.not_ready_reason.includes('node-1 at'))
  const refused = await fetch(cluster.url('node-0', '/tx'), { method: 'POST', body: 'a=1' })
  expect(refused.status).toBe(503)
  expect((await cluster.status('node-0'))?.role).toBe('forming')
  cluster.start('node-1')
  await cluster.leader()
  const hashes: string[] = []
  for (let i = 0; i < 60; i++) hashes.push(await cluster.post(cluster.ids[i % 3]!, `key-${i}=value-${i}`))
  for (const [i, hash] of hashes.entries()) {
    await cluster.until(async () => (await cluster.transaction(cluster.ids[i % 3]!, hash))?.state === 'committed')
  }
  const tip = (await cluster.status(await cluster.leader()))!.height
  await cluster.reach(tip)
  const counts = countTransactions(await auditChain(cluster, cluster.ids, tip))
  for (const hash of hashes) expect(counts.get(hash)).toBe(1)
  for (const id of cluster.ids) {
    const answer = await fetch(cluster.url(id, '/kv?key=key-42'))
    expect(await answer.text()).toBe('value-42')
  }
})

test('the leader is killed under load, twice: blocks go on, what was acknowledged is there once, no height has two hashes', async () => {
  const cluster = await create()
  for (const id of cluster.ids) cluster.start(id)
  await cluster.leader()
  const acknowledged: string[] = []
  for (let round = 0; round < 2; round++) {
    const leader = await cluster.leader()
    for (let i = 0; i < 15; i++) acknowledged.push(await cluster.post(cluster.ids[i % 3]!, `r${round}-${i}=x`))
    const before = (await cluster.status(leader))!.tip_height
    expect(await cluster.signal(leader, 'SIGKILL')).toBeNull()
    const next = await cluster.leader()
    expect(next).not.toBe(leader)
    await cluster.until(async () => ((await cluster.status(next))?.height ?? 0) > before)
    cluster.start(leader)
    await cluster.until(async () => (await cluster.status(leader))?.ready)
  }
  await cluster.until(async () => {
    const states = await Promise.all(
      acknowledged.map((hash, i) => cluster.transaction(cluster.ids[(i % 15) % 3]!, hash)),
    )
    return states.every((document) => document?.state === 'committed')
  })
  const tip = (await cluster.status(await cluster.leader()))!.height
  await cluster.reach(tip)
  const counts = countTransactions(await auditChain(cluster, cluster.ids, tip))
  for (const hash of acknowledged) expect(counts.get(hash)).toBe(1)
})

test('SIGTERM to the leader hands leadership over and ends with exit code 0; the node comes back as a follower', async () => {
  const cluster = await create()
  for (const id of cluster.ids) cluster.start(id)
  const leader = await cluster.leader()
  await cluster.reach(3)
  expect(await cluster.signal(leader, 'SIGTERM')).toBe(0)
  const next = await cluster.leader()
  expect(next).not.toBe(leader)
  cluster.start(leader)
  const back = await cluster.until(async () => {
    const status = await cluster.status(leader)
    return status?.ready ? status : undefined
  })
  await cluster.reach(back.tip_height)
  expect(back.role).toBe('follower')
})

test('a leader that stood still follows in the same process and publishes nothing stale', async () => {
  const cluster = await create()
  for (const id of cluster.ids) cluster.start(id)
  const leader = await cluster.leader()
  await cluster.reach(2)
  cluster.stall(leader, 'SIGSTOP')
  const others = cluster.ids.filter((id) => id !== leader)
  const next = await cluster.until(async () => {
    for (const id of others) if ((await cluster.status(id))?.producing) return id
    return undefined
  })
  const height = (await cluster.status(next))!.height + 3
  await cluster.until(async () => ((await cluster.status(next))?.height ?? 0) >= height)
  cluster.stall(leader, 'SIGCONT')
  await cluster.reach(height)
  expect((await cluster.status(leader))?.role).toBe('follower')
  await auditChain(cluster, cluster.ids, height)
})

test('a cluster of one is the same path, and goes on where it stopped', async () => {
  const cluster = await create({ nodes: 1 })
  cluster.start('node-0')
  const hash = await cluster.until(async () =>
    (await cluster.status('node-0'))?.ready ? cluster.post('node-0', 'a=1') : undefined,
  )
  await cluster.until(async () => (await cluster.transaction('node-0', hash))?.state === 'committed')
  expect(await cluster.signal('node-0', 'SIGKILL')).toBeNull()
  cluster.start('node-0')
  const { tip_height: tip } = await cluster.until(async () => {
    const status = await cluster.status('node-0')
    return status?.producing ? status : undefined
  })
  await cluster.reach(tip + 2)
  const counts = countTransactions(await auditChain(cluster, ['node-0'], tip + 2))
  expect(counts.get(hash)).toBe(1)
})

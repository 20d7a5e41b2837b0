import assert from 'node:assert/strict'
import { auditChain } from '../audit/chain.ts'
import type { Cluster, ClusterOptions } from '../cluster/cluster.ts'
import { producing, reached, ready, tipHeight, untilStatus } from '../cluster/conditions.ts'
import { filesIn, HomeCopy, moveAside } from '../cluster/homes.ts'
import type { Scene, Stage, Story } from './story.ts'

const repaired: Scene = {
  name: 'a store behind Raft, and one a little ahead of it as after a crash, are noticed and filled from the other members',
  play: async (stage) => {
    const cluster = await grown(stage, 6)
    const early = await HomeCopy.take(cluster.place('node-1').home, 'early')
    await grow(cluster, 12)
    // node-0 lost its blocks, node-1 got the Raft directory of some blocks ago: its store is ahead of it.
    await moveAside(cluster.place('node-0').home, 'data/blocks')
    await early.restore('raft')
    cluster.startAll()
    await ready(cluster)
    await reached(cluster, (await tipHeight(cluster)) + 2)
    assert.match(
      await cluster.log('node-0'),
      /the double-sign guard signed through block \d+, the block store ends at 0/,
    )
    assert.match(await cluster.log('node-1'), /the block store holds \d+ blocks? more than Raft's log/)
    return { blocks: (await auditChain(cluster)).length }
  },
}

const raftLost: Scene = {
  name: 'two of three Raft directories wiped: refused beside a full store, and nothing is founded; one put back and the cluster goes on',
  play: async (stage) => {
    const cluster = await grown(stage, 5)
    const [whole = '', back = '', lost = ''] = cluster.ids
    const putBack = await moveAside(cluster.place(back).home, 'raft')
    await moveAside(cluster.place(lost).home, 'raft')
    cluster.start(whole)
    for (const id of [back, lost]) {
      const sentence = await refusal(cluster, id, 'raft-directory-lost')
      assert.match(sentence, /the Raft directory is empty, but the block store holds blocks through \d+/)
    }
    // Without its store as well it is an applicant, and without a quorum it stays one.
    const putDataBack = await moveAside(cluster.place(back).home, 'data')
    await moveAside(cluster.place(lost).home, 'data')
    for (const id of [back, lost]) cluster.start(id)
    for (const id of [back, lost]) await waitsForVoters(cluster, id, [back, lost])
    const alone = await untilStatus(cluster, whole, 'answers', () => true)
    assert.deepEqual([alone.leader_id, alone.producing], ['', false])
    await cluster.end(back, 'SIGTERM')
    await putBack()
    await putDataBack()
    cluster.start(back)
    await ready(cluster)
    await reached(cluster, alone.tip_height + 3)
    return { blocks: (await auditChain(cluster)).length }
  },
}

/** A node founds nothing, and says which voters it misses. */
async function waitsForVoters(cluster: Cluster, id: string, missing: readonly string[]): Promise<void> {
  const { role, term, tip_height } = await untilStatus(
    cluster,
    id,
    `misses ${missing.join(' and ')} by name`,
    (status) => missing.every((other) => status.not_ready_reason.includes(`${other} at `)),
  )
  assert.deepEqual([role, term, tip_height], ['forming', 0, 0])
}

const forked: Scene = {
  isOnlyFull: true,
  name: 'the same height with another hash is refused with evidence, and the cluster goes on without that node',
  play: async (stage) => {
    const cluster = await grown(stage, 5)
    const copies = await Promise.all(cluster.places.map(({ home }) => HomeCopy.take(home, 'early')))
    await grow(cluster, 10)
    const { home } = cluster.place('node-0')
    const other = await HomeCopy.take(home, 'other')
    // All live these heights once more, as machines with copies of the disks would; then one has the blocks of before.
    for (const copy of copies) await copy.restore()
    await grow(cluster, 14)
    const right = await HomeCopy.take(home, 'right')
    await other.restore('data')
    for (const id of ['node-1', 'node-2']) cluster.start(id)
    await producing(cluster, ['node-1', 'node-2'])
    const sentence = await refusal(cluster, 'node-0', 'two-blocks-at-one-height')
    assert.match(sentence, /[0-9a-f]{64}.*[0-9a-f]{64}/)
    const height = await tipHeight(cluster)
    await reached(cluster, height + 2)
    await right.restore('data')
    cluster.start('node-0')
    await ready(cluster)
    return { blocks: (await auditChain(cluster)).length }
  },
}

const raftOlder: Scene = {
  isOnlyFull: true,
  name: 'a store far ahead of Raft means that an older Raft directory was put back: refused',
  play: async (stage) => {
    const cluster = await grown(stage, 3, { nodes: 1 })
    const { home } = cluster.place('node-0')
    const early = await HomeCopy.take(home, 'early')
    await grow(cluster, 8)
    const right = await HomeCopy.take(home, 'right')
    await early.restore('raft')
    const sentence = await refusal(cluster, 'node-0', 'raft-directory-older')
    assert.match(sentence, /holds blocks through \d+, Raft's log ends at block \d+/)
    await right.restore('raft')
    await grow(cluster, 10)
    return {}
  },
}

/** Nodes that produced some blocks and were stopped. */
async function grown(stage: Stage, height: number, options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await stage.cluster(options)
  await grow(cluster, height)
  return cluster
}

/** Starts all nodes, waits until each has a block, and ends them at once: no time to hand over. */
async function grow(cluster: Cluster, height: number): Promise<void> {
  cluster.startAll()
  await reached(cluster, height)
  await Promise.all(cluster.ids.map((id) => cluster.end(id, 'SIGKILL')))
}

/** Starts a node that must refuse: exit code 1, a sentence that names a page of the runbook, no stack, and no file less. */
async function refusal(cluster: Cluster, id: string, page: string): Promise<string> {
  const { home } = cluster.place(id)
  const before = await filesIn(home)
  const logBefore = (await cluster.log(id)).length
  const process = cluster.start(id)
  process.expectEnd()
  assert.deepEqual(await cluster.until(`${id} refuses`, () => process.exit), { code: 1, signal: null })
  const said = (await cluster.log(id)).slice(logBefore)
  const sentence = said.split('\n').find((line) => line.includes(`(docs/runbooks/${page}.md)`))
  assert.ok(sentence !== undefined, `${id} says what to do, not only: ${said}`)
  assert.doesNotMatch(said, /^ +at .*:\d+:\d+\)?$/m)
  const after = new Set(await filesIn(home))
  assert.deepEqual(
    before.filter((file) => !after.has(file)),
    [],
    'nothing is deleted',
  )
  return sentence
}

/** What is in a home is compared at the start: repaired where that is safe, else refused. */
export const startUp: Story = { number: 7, title: 'start-up', scenes: [repaired, raftLost, forked, raftOlder] }

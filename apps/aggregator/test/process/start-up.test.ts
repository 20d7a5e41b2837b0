import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isUpToDate } from 'raft-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AggregatorCluster } from '../support/cluster.ts'
import { contentsOf, cutLogBefore, logEnd } from '../support/home-contents.ts'

const snapshots = ['--raft.snapshot_threshold=4', '--raft.snapshot_interval=100ms', '--raft.trailing_logs=0']
const node = 'node-0'

/** A cluster of one; each test finds its home as it was after the first few blocks. */
let one: AggregatorCluster
let home: string
let raft: string

beforeAll(async () => {
  one = await AggregatorCluster.create({ nodes: 1 })
  home = one.home(node)
  raft = join(home, 'raft')
  await grow(one, 3)
  cpSync(home, `${home}.template`, { recursive: true })
})

beforeEach(() => {
  rmSync(home, { recursive: true, force: true })
  cpSync(`${home}.template`, home, { recursive: true })
})

afterAll(() => one?.close())

/** Starts the only node, waits for a height and stops it. */
async function grow(cluster: AggregatorCluster, height: number, flags: readonly string[] = []): Promise<void> {
  cluster.start(node, flags)
  await cluster.reach(height)
  if (flags === snapshots) await cluster.until(async () => ((await cluster.status(node))?.snapshot_index ?? 0) > 0)
  expect(await cluster.signal(node, 'SIGTERM')).toBe(0)
}

/** Starts a node that must refuse: exit code 1, one line that names the page, and a home that holds what it held. */
async function refusal(cluster: AggregatorCluster, id: string, page: string): Promise<string> {
  const before = await contentsOf(cluster.home(id))
  const { code, stderr } = await cluster.runToEnd(id)
  expect([code, stderr]).toEqual([1, expect.stringContaining(`(docs/runbooks/${page}.md)`)])
  expect(stderr).not.toMatch(/^ +at /m)
  const { evidence, ...after } = await contentsOf(cluster.home(id))
  expect({ ...after, evidence: before.evidence }).toEqual(before)
  expect(evidence).toEqual(page === 'two-blocks-at-one-height' ? ['fork-at-start'] : [])
  return stderr
}

/** The node whose log holds everything that was ever committed. */
async function furthest(cluster: AggregatorCluster): Promise<string> {
  let [best = ''] = cluster.ids
  let end = { term: 0, index: 0 }
  for (const id of cluster.ids) {
    const other = await logEnd(cluster.home(id))
    if (isUpToDate(other, end)) [best, end] = [id, other]
  }
  return best
}

test('an empty Raft directory beside a full store is refused; with the directory back the node goes on', async () => {
  renameSync(raft, `${raft}.aside`)
  const stderr = await refusal(one, node, 'raft-directory-lost')
  expect(stderr).toContain('the Raft directory is empty, but the block store holds blocks through')
  renameSync(`${raft}.aside`, raft)
  await grow(one, 5)
})

test('a store ahead of Raft is refused, because an older Raft directory was put back', async () => {
  await grow(one, 8)
  renameSync(raft, `${raft}.newest`)
  cpSync(join(`${home}.template`, 'raft'), raft, { recursive: true })
  const stderr = await refusal(one, node, 'raft-directory-older')
  expect(stderr).toMatch(/holds blocks through \d+, Raft's log ends at block \d+/)
})

test('a store behind Raft is filled again from the log, with the blocks that were there', async () => {
  const { blocks } = await contentsOf(home)
  renameSync(join(home, 'data', 'blocks'), join(home, 'data', 'blocks.aside'))
  await grow(one, 6)
  expect((await contentsOf(home)).blocks).toMatchObject(blocks)
})

test('the same height with another hash is refused, with both hashes as evidence', async () => {
  await grow(one, 12, snapshots)
  renameSync(raft, `${home}.raft`)
  // The same home lives these heights once more, as a second machine with a copy of it would.
  rmSync(home, { recursive: true })
  cpSync(`${home}.template`, home, { recursive: true })
  await grow(one, 14)
  rmSync(raft, { recursive: true })
  renameSync(`${home}.raft`, raft)
  const stderr = await refusal(one, node, 'two-blocks-at-one-height')
  expect(stderr).toMatch(/block \d+ is [0-9a-f]{64} in the block store and [0-9a-f]{64} in Raft's snapshot/)
})

test('a log that brings another block than the one that was signed ends the node, with evidence in guard and store', async () => {
  await grow(one, 10)
  renameSync(raft, `${home}.raft`)
  rmSync(home, { recursive: true })
  cpSync(`${home}.template`, home, { recursive: true })
  await grow(one, 6)
  rmSync(raft, { recursive: true })
  renameSync(`${home}.raft`, raft)
  const { files, blocks } = await contentsOf(home)
  const { code, stderr } = await one.runToEnd(node)
  expect([code, stderr]).toEqual([1, expect.stringContaining('(docs/runbooks/two-blocks-at-one-height.md)')])
  const after = await contentsOf(home)
  const { 'data/guard/evidence.jsonl': evidence, ...others } = after.files
  expect(evidence).toBeDefined()
  expect(others).toEqual(files)
  expect(after.blocks).toEqual(blocks)
  expect(after.evidence).toEqual(['double-sign'])
})

test('two of three Raft directories wiped: refused, nothing is founded; with one back, its log a little short, blocks go on', async () => {
  const cluster = await AggregatorCluster.create({ nodes: 3 })
  try {
    for (const id of cluster.ids) cluster.start(id)
    await cluster.reach(5)
    for (const id of cluster.ids) await cluster.signal(id, 'SIGKILL')
    const whole = await furthest(cluster)
    const [back = '', lost = ''] = cluster.ids.filter((id) => id !== whole)
    const raftOf = (id: string): string => join(cluster.home(id), 'raft')
    for (const id of [back, lost]) renameSync(raftOf(id), `${raftOf(id)}.aside`)
    cluster.start(whole)
    for (const id of [back, lost]) await refusal(cluster, id, 'raft-directory-lost')
    const alone = await cluster.until(() => cluster.status(whole))
    expect([alone.role === 'leader', alone.producing]).toEqual([false, false])
    renameSync(`${raftOf(back)}.aside`, raftOf(back))
    const { blocks } = await contentsOf(cluster.home(back))
    await cutLogBefore(cluster.home(back), 4)
    cluster.start(back)
    await cluster.reach(Math.max(...Object.keys(blocks).map(Number)) + 2)
    expect(await cluster.log(back)).toMatch(/holds \d+ blocks? more than Raft's log after a crash/)
    await cluster.signal(back, 'SIGTERM')
    expect((await contentsOf(cluster.home(back))).blocks).toMatchObject(blocks)
  } finally {
    await cluster.close()
  }
})

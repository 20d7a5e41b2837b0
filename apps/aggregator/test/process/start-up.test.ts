import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AggregatorCluster } from '../support/cluster.ts'
import { contentsOf, type HomeContents, lastIndexOf } from '../support/home-contents.ts'

const node = 'node-0'
const snapshots = ['--raft.snapshot_threshold=4', '--raft.snapshot_interval=50ms', '--raft.trailing_logs=0']

/**
 * Three lives of one home: `early` is its first few blocks; `twin` and `long` went on from there, each with blocks of its own, as
 * two machines with copies of it would. `twin` has a snapshot at such a block; `long` has its whole log, and stands higher.
 */
type Life = 'early' | 'twin' | 'long'

let one: AggregatorCluster
let home: string
let raft: string

// Starting a node is what costs, so the lives are lived once, and each test puts parts of them together.
beforeAll(async () => {
  one = await AggregatorCluster.create({ nodes: 1, blockTime: '50ms' })
  home = one.home(node)
  raft = join(home, 'raft')
  await grow(3)
  keep('early')
  const early = height(await contentsOf(home))
  const index = await lastIndexOf(home)

  one.start(node, snapshots)
  await one.reach(early + 3)
  // The first of the entries behind the early ones belongs to a new term and holds no block.
  await one.until(async () => ((await one.status(node))?.snapshot_index ?? 0) > index + 2)
  expect(await one.signal(node, 'SIGTERM')).toBe(0)
  keep('twin')
  const twin = height(await contentsOf(home))

  compose({ data: 'early', raft: 'early' })
  await grow(twin + 1)
  keep('long')
})

afterAll(() => one?.close())

function keep(life: Life): void {
  cpSync(home, `${home}.${life}`, { recursive: true })
}

/** Makes the home anew, of one life with the Raft directory of one of them. */
function compose(lives: { readonly data: Life; readonly raft: Life }): void {
  rmSync(home, { recursive: true })
  cpSync(`${home}.${lives.data}`, home, { recursive: true })
  rmSync(raft, { recursive: true })
  cpSync(join(`${home}.${lives.raft}`, 'raft'), raft, { recursive: true })
}

function height({ blocks }: HomeContents): number {
  return Math.max(...Object.keys(blocks).map(Number))
}

/** Starts the node, waits for a height and stops it. */
async function grow(to: number): Promise<void> {
  one.start(node)
  await one.reach(to)
  expect(await one.signal(node, 'SIGTERM')).toBe(0)
}

/** Starts the node, which must refuse: exit code 1, one line that names the page, and a home that holds what it held. */
async function refusal(page: string): Promise<string> {
  const before = await contentsOf(home)
  const { code, stderr } = await one.runToEnd(node)
  expect([code, stderr]).toEqual([1, expect.stringContaining(`(docs/runbooks/${page}.md)`)])
  expect(stderr).not.toMatch(/^ +at /m)
  const { evidence, ...after } = await contentsOf(home)
  expect({ ...after, evidence: before.evidence }).toEqual(before)
  expect(evidence).toEqual(page === 'two-blocks-at-one-height' ? ['fork-at-start'] : [])
  return stderr
}

test('an empty Raft directory beside a full store is refused; with the directory back the node goes on', async () => {
  compose({ data: 'early', raft: 'early' })
  renameSync(raft, `${raft}.aside`)
  const stderr = await refusal('raft-directory-lost')
  expect(stderr).toContain('the Raft directory is empty, but the block store holds blocks through')
  renameSync(`${raft}.aside`, raft)
  const contents = await contentsOf(home)
  await grow(height(contents) + 1)
  expect((await contentsOf(home)).blocks).toMatchObject(contents.blocks)
})

test('a store ahead of Raft is refused, because an older Raft directory was put back', async () => {
  compose({ data: 'long', raft: 'early' })
  const stderr = await refusal('raft-directory-older')
  expect(stderr).toMatch(/holds blocks through \d+, Raft's log ends at block \d+/)
})

test('a store behind Raft is filled again from the log, with the blocks that were there', async () => {
  compose({ data: 'early', raft: 'early' })
  const contents = await contentsOf(home)
  renameSync(join(home, 'data', 'blocks'), join(home, 'data', 'blocks.aside'))
  await grow(height(contents) + 1)
  expect((await contentsOf(home)).blocks).toMatchObject(contents.blocks)
})

test('the same height with another hash is refused, with both hashes as evidence', async () => {
  compose({ data: 'long', raft: 'twin' })
  const stderr = await refusal('two-blocks-at-one-height')
  expect(stderr).toMatch(/block \d+ is [0-9a-f]{64} in the block store and [0-9a-f]{64} in Raft's snapshot/)
})

test('a log that brings another block than the one that was signed ends the node, with evidence in guard and store', async () => {
  compose({ data: 'twin', raft: 'long' })
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

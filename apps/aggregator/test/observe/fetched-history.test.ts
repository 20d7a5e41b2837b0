import type { BlockStore, CommittedBlock } from 'block-fsm'
import { MemoryHub } from 'raft-testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchedHistory } from '../../src/catchup/watched-history.ts'
import { leaderOf, Member } from './support/member.ts'

let member: Member
let blocks: readonly CommittedBlock[]

beforeEach(async () => {
  member = new Member(new MemoryHub(), 'a', ['a'])
  await member.raft.start()
  await leaderOf([member])
  await member.block()
  await member.block()
  const read = member.fsm.blocks.read(1, Infinity)
  blocks = read.kind === 'blocks' ? read.blocks.map(({ block }) => block) : []
})

afterEach(() => member.close())

function history(write: () => Promise<void>): ReturnType<typeof watchedHistory> {
  const store: Pick<BlockStore, 'putBlocks' | 'putHeaders'> = { putBlocks: write, putHeaders: write }
  return watchedHistory(store as BlockStore, { onWritten: () => {}, metrics: member.metrics.catchUp })
}

test('what peers gave is counted once it is durable', async () => {
  const store = history(() => Promise.resolve())
  await store.putHeaders(blocks)
  await store.putBlocks(blocks.slice(0, 1))
  expect(await member.sample('p2p_catchup_headers_fetched_total')).toBe(2)
  expect(await member.sample('p2p_catchup_blocks_fetched_total')).toBe(1)
  const headerBytes = blocks.reduce((total, block) => total + block.headerBytes.length, 0)
  expect(await member.sample('p2p_catchup_bytes_fetched_total{kind="header"}')).toBe(headerBytes)
  expect(await member.sample('p2p_catchup_bytes_fetched_total{kind="data"}')).toBe(blocks[0]!.dataBytes.length)
})

test('what could not be stored is not counted', async () => {
  const store = history(() => Promise.reject(new Error('the disk is full')))
  await expect(store.putBlocks(blocks)).rejects.toThrow('the disk is full')
  await expect(store.putHeaders(blocks)).rejects.toThrow('the disk is full')
  expect(await member.sample('p2p_catchup_blocks_fetched_total')).toBe(0)
  expect(await member.sample('p2p_catchup_headers_fetched_total')).toBe(0)
})

import { expect, test } from 'vitest'
import { BlockAudit } from '../../../src/devnet/audit/block-audit.ts'
import { EventLog } from '../../../src/devnet/audit/events.ts'
import { digestOf, HeightDigests } from '../../../src/devnet/audit/height-digests.ts'
import { blockOf, hashOf } from '../support/documents.ts'

function audit(): { audit: BlockAudit; alarms: () => readonly string[] } {
  const events = new EventLog(() => 0)
  const alarms = (): readonly string[] => events.newest(100).flatMap(({ isAlarm, text }) => (isAlarm ? [text] : []))
  return { audit: new BlockAudit(events), alarms }
}

test('the same blocks from three nodes are one block and one signature for a height', () => {
  const { audit: blocks, alarms } = audit()
  for (const id of ['node-0', 'node-1', 'node-2']) {
    for (let height = 1; height <= 5; height++) {
      expect(blocks.onBlock(id, blockOf(height))).toBe(id === 'node-0')
    }
  }
  expect(blocks).toMatchObject({ blocks: 5, signatures: 5, doubles: 0, brokenLinks: 0 })
  expect(alarms()).toEqual([])
})

test('a second hash for a height is an alarm that names node and hashes', () => {
  const { audit: blocks, alarms } = audit()
  blocks.onBlock('node-0', blockOf(1))
  blocks.onBlock('node-2', blockOf(1, { hash: hashOf('other') }))
  expect(blocks.doubles).toBe(1)
  expect(alarms()[0]).toContain(
    `TWO HASHES at height 1: ${hashOf(1).slice(0, 16)} and, on node-2, ${hashOf('other').slice(0, 16)}`,
  )
})

test('a second signature for a height is an alarm', () => {
  const { audit: blocks, alarms } = audit()
  blocks.onBlock('node-0', blockOf(1))
  blocks.onBlock('node-1', blockOf(1, { signature: Buffer.from('another signature').toString('base64') }))
  expect(blocks).toMatchObject({ doubles: 1, blocks: 1, signatures: 2 })
  expect(alarms()[0]).toContain('TWO SIGNATURES at height 1')
})

test('a block that does not follow the one below is an alarm', () => {
  const { audit: blocks, alarms } = audit()
  blocks.onBlock('node-0', blockOf(1))
  blocks.onBlock('node-0', blockOf(2, { parent_hash: hashOf('elsewhere') }))
  expect(blocks.brokenLinks).toBe(1)
  expect(alarms()[0]).toContain('BROKEN LINK on node-0')
})

test('digests are kept within their bytes, the lowest forgotten first', () => {
  // Two chunks of 4096 heights.
  const digests = new HeightDigests(2 * 4096 * 16)
  const digest = digestOf(hashOf(1), Buffer.from('a signature').toString('base64'))
  for (const height of [1, 5000, 9000]) digests.set(height, digest)
  expect(digests.get(1)).toBeUndefined()
  expect(digests.get(5000)).toEqual(digest)
  expect(digests.get(9000)).toEqual(digest)
  expect(digests.get(9001)).toBeUndefined()
  digests.set(2, digest)
  expect(digests.get(2)).toBeUndefined()
})

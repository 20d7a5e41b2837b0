import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DoubleSignGuard, operatorAnchor, signHeader } from 'block-fsm'
import { type GuardEvidence, type GuardOptions, guardedSigner, keyFromSeed, openGuard, readGuard } from 'block-signer'
import { expect, test } from 'vitest'
import { committedChain, seed } from './support/chain.ts'
import { closeLater, temporaryDirectory } from './support/temporary.ts'

const chain = committedChain(6)
const fork = committedChain(6, 1)
const stamp = { chainId: 'test', clusterId: 'ab' }
const key = keyFromSeed(seed)

async function open(
  directory: string = temporaryDirectory(),
  change: Partial<GuardOptions> = {},
): Promise<DoubleSignGuard> {
  return closeLater(await openGuard({ directory, ...stamp, ...change }))
}

const fileIn = (directory: string): string => join(directory, 'guard.bin')

test('a block is durable with the guard before its signature leaves, and signed again with the same bytes', async () => {
  const directory = temporaryDirectory()
  const signer = guardedSigner(key, await open(directory))
  const first = await signHeader(signer, chain[2]!)
  expect((await readGuard(directory))?.mark).toEqual({ height: 3, hash: chain[2]!.hash })
  const size = statSync(fileIn(directory)).size
  expect((await signHeader(signer, chain[2]!)).signature).toEqual(first.signature)
  expect(statSync(fileIn(directory)).size).toBe(size)
  await signer.close()
  const again = await open(directory)
  expect(again.mark()).toEqual({ height: 3, hash: chain[2]!.hash })
  expect(again.recorded(3)).toEqual(chain[2]!.hash)
})

test('another hash for a recorded height halts the signer for good, and evidence stays', async () => {
  const directory = temporaryDirectory()
  const evidence: GuardEvidence[] = []
  const now = (): Date => new Date(0)
  const guard = await open(directory, { onEvidence: (found) => evidence.push(found), now })
  const signer = guardedSigner(key, guard)
  await signHeader(signer, chain[2]!)
  const found = {
    height: 3,
    recorded: Buffer.from(chain[2]!.hash).toString('hex'),
    refused: Buffer.from(fork[2]!.hash).toString('hex'),
  }
  await expect(signHeader(signer, fork[2]!)).rejects.toMatchObject({ code: 'DOUBLE_SIGN', evidence: found })
  await expect(signHeader(signer, chain[2]!)).rejects.toMatchObject({ code: 'DOUBLE_SIGN', evidence: found })
  await expect(signHeader(signer, chain[3]!)).rejects.toMatchObject({ code: 'DOUBLE_SIGN' })
  await expect(guard.forgetBelow(3)).rejects.toMatchObject({ code: 'DOUBLE_SIGN' })
  expect(evidence).toEqual([found])
  const lines = readFileSync(join(directory, 'evidence.jsonl'), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: now().toISOString(), chain_id: 'test', cluster_id: 'ab', ...found },
  ])
})

test('in one group with a second hash, what was asked before it counts and what was asked after it does not', async () => {
  const guard = await open()
  const results = await Promise.allSettled([
    guard.record(chain.slice(0, 3)),
    guard.record([fork[1]!]),
    guard.record([chain[3]!]),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(guard.mark()?.height).toBe(3)
})

test('a height that a snapshot skipped is signed only when it is linked below a recorded one', async () => {
  const directory = temporaryDirectory()
  const guard = await open(directory)
  const signer = guardedSigner(key, guard)
  await guard.recordAnchor(operatorAnchor(5, chain[4]!.hash))
  await expect(signHeader(signer, chain[3]!)).rejects.toMatchObject({ code: 'UNLINKED' })
  await expect(guard.recordBelow(fork[3]!, fork[4]!)).rejects.toMatchObject({ code: 'UNLINKED' })
  await expect(guard.recordBelow(fork[3]!, chain[4]!)).rejects.toMatchObject({ code: 'UNLINKED' })
  await expect(guard.recordBelow(chain[2]!, chain[3]!)).rejects.toMatchObject({ code: 'UNLINKED' })
  await guard.recordBelow(chain[3]!, chain[4]!)
  await guard.recordBelow(chain[3]!, chain[4]!)
  await signHeader(signer, chain[3]!)
  expect(guard.mark()?.height).toBe(5)
  await signer.close()
  expect((await open(directory)).recorded(4)).toEqual(chain[3]!.hash)
})

test('what is forgotten cannot be signed any more, also after a restart; the mark stays', async () => {
  const directory = temporaryDirectory()
  const guard = await open(directory)
  await guard.record(chain)
  await guard.forgetBelow(4)
  await guard.close()
  const again = await open(directory)
  expect([again.recorded(3), again.recorded(4)]).toEqual([undefined, chain[3]!.hash])
  await expect(again.record([chain[1]!])).rejects.toMatchObject({ code: 'UNLINKED' })
  await expect(again.recordBelow(chain[2]!, chain[3]!)).rejects.toMatchObject({ code: 'UNLINKED' })
  await again.forgetBelow(100)
  expect(again.mark()).toEqual({ height: 6, hash: chain[5]!.hash })
  expect(again.recorded(6)).toEqual(chain[5]!.hash)
})

test('the file is written anew when most of it is dropped, and holds what is kept', async () => {
  const directory = temporaryDirectory()
  const long = committedChain(6000)
  const guard = await open(directory)
  await guard.record(long)
  const before = statSync(fileIn(directory)).size
  await guard.forgetBelow(5990)
  expect(statSync(fileIn(directory)).size).toBeLessThan(before / 100)
  await guard.record(committedChain(6001).slice(-1))
  await guard.close()
  const again = await open(directory)
  expect(again.recorded(5989)).toBeUndefined()
  expect(again.recorded(5990)).toEqual(long[5989]!.hash)
  expect(again.mark()?.height).toBe(6001)
  await expect(again.recordBelow(long[5988]!, long[5989]!)).rejects.toMatchObject({ code: 'UNLINKED' })
})

test('beyond its limit the guard forgets the oldest, never the mark', async () => {
  const long = committedChain(100)
  const guard = await open(temporaryDirectory(), { limitBytes: 64 * 64 })
  for (const block of long) await guard.record([block])
  expect(guard.recorded(1)).toBeUndefined()
  expect(guard.recorded(60)).toEqual(long[59]!.hash)
  expect(guard.mark()?.height).toBe(100)
})

test('calls that come together are made durable together', async () => {
  const directory = temporaryDirectory()
  const guard = await open(directory)
  await Promise.all(chain.map((block) => guard.record([block])))
  const file = readFileSync(fileIn(directory))
  const records = Array.from({ length: 6 }, (_, i) => file.subarray(512 + 64 * i, 512 + 64 * (i + 1)))
  // A record that begins a write says so in its byte 17.
  expect(records.filter((record) => record[17] === 1)).toHaveLength(1)
  expect(guard.mark()?.height).toBe(6)
})

test('a guard of another chain or cluster, and one that is held, are refused with the name', async () => {
  const directory = temporaryDirectory()
  const guard = await open(directory)
  await expect(open(directory)).rejects.toMatchObject({
    code: 'GUARD_LOCKED',
    message: expect.stringContaining(`process ${process.pid} `),
  })
  expect(await readGuard(directory)).toEqual({ ...stamp, mark: undefined })
  await guard.close()
  await expect(open(directory, { clusterId: 'cd' })).rejects.toMatchObject({
    code: 'GUARD_FOREIGN',
    message: expect.stringContaining('managed by cluster ab'),
  })
  await expect(open(directory, { chainId: 'other' })).rejects.toMatchObject({ code: 'GUARD_FOREIGN' })
  await open(directory)
  expect(await readGuard(temporaryDirectory())).toBeUndefined()
})

test('other files, a newer format, and a place that is no directory are refused', async () => {
  const directory = temporaryDirectory()
  const guard = await open(directory)
  await guard.close()
  const file = readFileSync(fileIn(directory))
  file[7]! += 1
  writeFileSync(fileIn(directory), file)
  await expect(open(directory)).rejects.toMatchObject({
    code: 'GUARD_FORMAT',
    message: expect.stringContaining('newer'),
  })
  writeFileSync(fileIn(directory), 'something else')
  await expect(open(directory)).rejects.toMatchObject({ code: 'GUARD_FORMAT' })
  await expect(open(fileIn(directory))).rejects.toMatchObject({ code: 'GUARD_UNUSABLE' })
  await expect(open(temporaryDirectory(), { chainId: 'x'.repeat(500) })).rejects.toMatchObject({
    code: 'INVALID_OPTIONS',
  })
})

test('only committed blocks of the own proposer are signed', async () => {
  const signer = guardedSigner(key, await open())
  const lookalike: (typeof chain)[number] = Object.assign(Object.create(null), chain[0])
  await expect(signer.sign({ kind: 'header', block: lookalike })).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
  const other = guardedSigner(keyFromSeed(new Uint8Array(32)), await open())
  await expect(other.sign({ kind: 'header', block: chain[0]! })).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
  const guard = await open()
  await expect(guard.record([lookalike])).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
  await guard.record([chain[0]!])
})

test('header, data and envelope of one block are signed with one record', async () => {
  const directory = temporaryDirectory()
  const signer = guardedSigner(key, await open(directory))
  const signature = await signHeader(signer, chain[0]!)
  await signer.sign({ kind: 'data', block: chain[0]! })
  await signer.sign({ kind: 'envelope', block: chain[0]!, signature })
  expect(statSync(fileIn(directory)).size).toBe(512 + 64)
})

test('records of a call are taken in order, and a refused or aborted call changes nothing', async () => {
  const guard = await open()
  await Promise.all([guard.record(chain.slice(0, 2)), guard.record(chain.slice(2, 4))])
  await expect(guard.record([chain[5]!, chain[4]!])).rejects.toMatchObject({ code: 'UNLINKED' })
  expect(guard.recorded(6)).toBeUndefined()
  const reason = new Error('enough')
  await expect(guard.record([chain[4]!], AbortSignal.abort(reason))).rejects.toBe(reason)
  const waiting = new AbortController()
  const aborted = guard.record([chain[4]!], waiting.signal)
  waiting.abort(reason)
  await expect(aborted).rejects.toBe(reason)
  expect(guard.mark()?.height).toBe(4)
  const last = guard.record([chain[4]!])
  await guard.close()
  await last
  await expect(guard.record([chain[5]!])).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a write that fails is the last one', async () => {
  const directory = temporaryDirectory()
  const guard = await open(directory)
  await guard.record(committedChain(5000))
  // Without its directory the file cannot be written anew.
  rmSync(directory, { recursive: true })
  await expect(guard.forgetBelow(5000)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await expect(guard.record(committedChain(5001).slice(-1))).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})

import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadBlock, loadSealed, operatorAnchor, sealBlock, signHeader, storeBlocks, transactionHash } from 'block-fsm'
import { type BlockStoreOptions, type LevelBlockStore, openBlockStore } from 'block-store-level'
import { expect, test } from 'vitest'
import { committedChain, executed, rootAfter, signer } from './support/chain.ts'
import { closeLater, temporaryDirectory } from './support/temporary.ts'

const chain = committedChain(12)
const fork = committedChain(12, { variant: 1 })
const genesisRoot = rootAfter(0)

async function open(
  directory: string = temporaryDirectory(),
  change: Partial<BlockStoreOptions> = {},
): Promise<LevelBlockStore> {
  return closeLater(await openBlockStore({ directory, chainId: 'test', initialHeight: 1, genesisRoot, ...change }))
}

const at = (height: number): (typeof chain)[number] => chain[height - 1]!
const between = (from: number, to: number): typeof chain => chain.slice(from - 1, to)

test('an empty store awaits the first block', async () => {
  const store = await open()
  expect(store.status()).toEqual({
    earliest: 1,
    contiguous: 0,
    highest: 0,
    executed: 0,
    executedRoot: genesisRoot,
    sealed: 0,
    blocks: [],
    headers: [],
  })
  expect(await store.get(1)).toBeUndefined()
  expect(await store.heightOf(at(1).hash)).toBeUndefined()
  expect(await store.range(1, 9, 1000)).toEqual([])
})

test('what is stored, executed and signed is there again after a restart', async () => {
  const directory = temporaryDirectory()
  const store = await open(directory)
  const [stored] = await storeBlocks(store, between(1, 3))
  const signature = await signHeader(signer, at(1))
  await store.putSignatures([signature])
  await store.putExecution(await executed(between(1, 2)), { da: 2 })
  await store.close()
  const again = await open(directory)
  expect(again.status()).toMatchObject({
    contiguous: 3,
    highest: 3,
    executed: 2,
    executedRoot: rootAfter(2),
    sealed: 1,
  })
  expect(await loadBlock(again, 3)).toEqual(at(3))
  expect(await loadSealed(again, 1)).toEqual(sealBlock(stored!, signature))
  expect(await loadSealed(again, 2)).toBeUndefined()
  expect(await again.heightOf(at(2).hash)).toBe(2)
  expect(await again.cursor('da')).toBe(2)
  expect(await again.state(2)).toEqual({
    height: 2,
    hash: at(2).hash,
    stateRoot: rootAfter(2),
    results: [
      { isOk: true, log: '' },
      { isOk: false, log: 'no' },
    ],
  })
  expect(await again.state(3)).toBeUndefined()
})

test('calls take effect in their order though nothing is awaited between them', async () => {
  const store = await open()
  const executions = await executed(between(1, 4))
  const signature = await signHeader(signer, at(1))
  await Promise.all([
    store.putBlocks(between(1, 2)),
    store.putSignatures([signature]),
    store.putBlocks(between(3, 4)),
    store.putExecution(executions),
    store.putCursors({ a: 1 }),
    store.putCursors({ a: 2 }),
  ])
  expect(store.status()).toMatchObject({ contiguous: 4, executed: 4, sealed: 1 })
  expect(await store.cursor('a')).toBe(2)
})

test('a backfill puts headers downwards and bodies upwards below a tip that moves on', async () => {
  const store = await open()
  await store.putAnchor(operatorAnchor(8, at(8).hash))
  await store.putBlocks(between(9, 10))
  await store.putHeaders(between(6, 8).toReversed())
  await store.putHeaders(between(4, 5).toReversed())
  await store.putBlocks(between(11, 11))
  expect(store.status()).toMatchObject({
    contiguous: 0,
    highest: 11,
    blocks: [{ from: 9, to: 11 }],
    headers: [{ from: 4, to: 11 }],
  })
  await store.putHeaders(between(1, 3))
  await store.putBlocks(between(1, 5))
  expect(store.status()).toMatchObject({
    contiguous: 5,
    blocks: [
      { from: 1, to: 5 },
      { from: 9, to: 11 },
    ],
  })
  expect((await store.get(6))?.data).toBeUndefined()
  await store.putBlocks(between(6, 8))
  expect(store.status()).toMatchObject({
    contiguous: 11,
    headers: [{ from: 1, to: 11 }],
    blocks: [{ from: 1, to: 11 }],
  })
})

test('a range is contiguous and keeps to its bytes', async () => {
  const store = await open()
  await store.putBlocks(between(1, 6))
  await store.putBlocks(between(9, 10))
  const size = at(5).headerBytes.length + at(5).dataBytes.length
  const heights = async (from: number, to: number, bytes: number): Promise<number[]> =>
    (await store.range(from, to, bytes)).map(({ height }) => height)
  expect(await heights(2, 100, 1e6)).toEqual([2, 3, 4, 5, 6])
  expect(await heights(2, 3, 1e6)).toEqual([2, 3])
  expect(await heights(2, 100, 0)).toEqual([2])
  expect(await heights(4, 100, 2 * size)).toEqual([4, 5])
  expect(await heights(7, 100, 1e6)).toEqual([])
  expect(await heights(9, 100, 1e6)).toEqual([9, 10])
})

test.each([
  ['another block at a height', async (store: LevelBlockStore) => store.putBlocks([fork[2]!])],
  ['another header at a height', async (store: LevelBlockStore) => store.putHeaders([fork[4]!])],
  ['a block whose parent is stored with another hash', async (store: LevelBlockStore) => store.putBlocks([fork[5]!])],
  ['a header that the stored one above does not name', async (store: LevelBlockStore) => store.putHeaders([fork[7]!])],
  ['another anchor of a height', async (store: LevelBlockStore) => store.putAnchor(operatorAnchor(5, fork[4]!.hash))],
])('%s is a conflict and changes nothing', async (_name, act) => {
  const store = await open()
  await store.putBlocks(between(1, 5))
  await store.putHeaders(between(9, 10))
  await store.putAnchor(operatorAnchor(5, at(5).hash))
  const before = store.status()
  await expect(act(store)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(store.status()).toEqual(before)
  await store.putBlocks(between(6, 7))
  expect(store.status().contiguous).toBe(7)
})

test('the same block again is no error, also in one group with a call that is refused', async () => {
  const store = await open()
  const results = await Promise.allSettled([
    store.putBlocks(between(1, 3)),
    store.putBlocks(between(2, 3)),
    store.putBlocks([fork[3]!]),
    store.putBlocks(between(4, 4)),
    store.putBlocks([at(5), at(7)]),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected'])
  expect(store.status().contiguous).toBe(4)
})

test('execution follows what is stored and what was executed', async () => {
  const store = await open()
  await store.putBlocks(between(1, 3))
  const [first, second, third] = await executed(between(1, 3))
  await expect(store.putExecution([second!])).rejects.toMatchObject({ code: 'GAP' })
  await store.putExecution([first!, second!])
  await store.putExecution([second!, third!])
  await expect(store.putExecution(await executed([at(4)]))).rejects.toMatchObject({ code: 'NOT_STORED' })
  const other = await executed([at(3)], () => new Uint8Array(32))
  await expect(store.putExecution(other)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(store.status()).toMatchObject({ executed: 3, executedRoot: rootAfter(3) })
})

test('a transaction is found wherever its bytes stand, once it is executed', async () => {
  const same = Buffer.from('same=1')
  const blocks = committedChain(3, { txs: (height) => (height === 2 ? [] : [Buffer.from(`${height}=`), same]) })
  const store = await open()
  await store.putBlocks(blocks)
  expect(await store.findTransaction(transactionHash(same))).toEqual([])
  await store.putExecution(await executed(blocks))
  const result = { isOk: false, log: 'no' }
  expect(await store.findTransaction(transactionHash(same))).toEqual([
    { height: 1, index: 1, result },
    { height: 3, index: 1, result },
  ])
})

test('a claimed signature is neither sealed nor served as verified, and never replaces a verified one', async () => {
  const store = await open()
  await store.putBlocks(between(1, 2))
  const signature = await signHeader(signer, at(1))
  const claim = { height: 1, hash: at(1).hash, signature: new Uint8Array(64), signer: signature.signer }
  await store.putClaimedSignatures([claim])
  expect(store.status().sealed).toBe(0)
  expect(await loadSealed(store, 1)).toBeUndefined()
  expect((await store.get(1))?.signature).toMatchObject({ signature: claim.signature, isVerified: false })
  await store.putSignatures([signature])
  await store.putClaimedSignatures([claim])
  expect((await store.get(1))?.signature).toMatchObject({ signature: signature.signature, isVerified: true })
  expect(store.status().sealed).toBe(1)
  await expect(store.putSignatures([await signHeader(signer, at(3))])).rejects.toMatchObject({ code: 'NOT_STORED' })
  await expect(store.putSignatures([await signHeader(signer, fork[1]!)])).rejects.toMatchObject({ code: 'NOT_STORED' })
})

test('a quarantined suffix is gone from everything that is served, and the true one may come', async () => {
  const directory = temporaryDirectory()
  const store = await open(directory)
  await store.putBlocks(fork.slice(0, 6))
  await store.putExecution(await executed(fork.slice(0, 5)))
  await store.putSignatures([await signHeader(signer, fork[0]!), await signHeader(signer, fork[4]!)])
  await store.putAnchor(operatorAnchor(6, fork[5]!.hash))
  await store.quarantine(1, 'another chain')
  expect(store.status()).toMatchObject({ contiguous: 0, highest: 0, executed: 0, executedRoot: genesisRoot, sealed: 0 })
  expect(await store.get(3)).toBeUndefined()
  expect(await store.heightOf(fork[2]!.hash)).toBeUndefined()
  expect(await store.findTransaction(transactionHash(Buffer.from('2=0')))).toEqual([])
  expect(await store.anchors()).toEqual([])
  await store.putBlocks(between(1, 6))
  await store.putExecution(await executed(between(1, 6)))
  await store.putSignatures([await signHeader(signer, at(1))])
  await store.quarantine(5, 'a test')
  await store.quarantine(9, 'nothing is there')
  await store.close()
  const again = await open(directory)
  expect(again.status()).toMatchObject({ contiguous: 4, executed: 4, executedRoot: rootAfter(4), sealed: 1 })
  expect(await again.quarantined()).toEqual([
    { from: 1, to: 6, reason: 'another chain' },
    { from: 5, to: 6, reason: 'a test' },
  ])
  expect(await again.findTransaction(transactionHash(Buffer.from('5=0')))).toEqual([])
  expect(await again.findTransaction(transactionHash(Buffer.from('4=0')))).toHaveLength(1)
})

test('history may begin where a state was installed, and only upwards', async () => {
  const store = await open()
  await store.putBlocks(between(1, 2))
  await store.startAt(6, rootAfter(5))
  expect(store.status()).toMatchObject({
    earliest: 6,
    contiguous: 5,
    highest: 5,
    executed: 5,
    executedRoot: rootAfter(5),
  })
  await store.startAt(6, rootAfter(5))
  await expect(store.startAt(6, rootAfter(4))).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(store.startAt(3, rootAfter(2))).rejects.toMatchObject({ code: 'CONFLICT' })
  await store.putBlocks(between(6, 7))
  await store.putExecution(await executed(between(6, 7)))
  expect(store.status()).toMatchObject({ contiguous: 7, executed: 7 })
})

test('anchors come highest first, evidence oldest first and within its limit', async () => {
  const store = await open(temporaryDirectory(), { evidenceLimitBytes: 1000 })
  await store.putAnchor(operatorAnchor(3, at(3).hash))
  await store.putAnchor(operatorAnchor(7, at(7).hash))
  await store.putAnchor(operatorAnchor(3, at(3).hash))
  expect((await store.anchors()).map(({ height, source }) => [height, source])).toEqual([
    [7, 'operator'],
    [3, 'operator'],
  ])
  const evidence = { kind: 'conflicting-header', height: 3, bytes: new Uint8Array(300), atMs: 1.5 }
  for (const height of [1, 2, 3, 4]) await store.putEvidence({ ...evidence, height })
  expect((await store.evidence()).map(({ height }) => height)).toEqual([3, 4])
  expect((await store.evidence())[1]).toEqual({ ...evidence, height: 4 })
  await expect(store.putEvidence({ ...evidence, bytes: new Uint8Array(2000) })).rejects.toMatchObject({ code: 'FULL' })
})

test('a directory has one owner, one chain, one cluster and one genesis', async () => {
  const directory = temporaryDirectory()
  const store = await open(directory)
  await expect(open(directory)).rejects.toMatchObject({
    code: 'DIRECTORY_LOCKED',
    message: expect.stringContaining(String(process.pid)),
  })
  await store.manage('ab')
  await store.manage('ab')
  await expect(store.manage('cd')).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' })
  await store.close()
  await expect(open(directory, { chainId: 'other' })).rejects.toMatchObject({ code: 'FOREIGN_CHAIN' })
  await expect(open(directory, { clusterId: 'cd' })).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' })
  await expect(open(directory, { genesisRoot: rootAfter(9) })).rejects.toMatchObject({ code: 'CONFLICT' })
  const again = await open(directory, { clusterId: 'ab' })
  expect(again.clusterId).toBe('ab')
})

test('calls after closing, and calls that are aborted, are told so', async () => {
  const store = await open()
  const reason = new Error('enough')
  await expect(store.putBlocks([at(1)], AbortSignal.abort(reason))).rejects.toBe(reason)
  await expect(store.get(1, AbortSignal.abort(reason))).rejects.toBe(reason)
  const last = store.putBlocks([at(1)])
  await store.close()
  await last
  await expect(store.putBlocks([at(2)])).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(store.get(1)).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(store.cursor('a')).rejects.toMatchObject({ code: 'CLOSED' })
})

test('a write that fails is the last one', async () => {
  const directory = temporaryDirectory()
  const store = await open(directory, { writeBufferBytes: 64 * 1024 })
  const large = committedChain(60, { txs: () => [new Uint8Array(60_000)] })
  await store.putBlocks(large.slice(0, 1))
  // Without its directory LevelDB cannot begin the next log file.
  rmSync(directory, { recursive: true })
  let stored = 1
  const putAll = async (): Promise<void> => {
    for (const block of large.slice(1)) {
      await store.putBlocks([block])
      stored++
    }
  }
  await expect(putAll()).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await expect(store.putCursors({ a: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  expect(store.status().contiguous).toBe(stored)
})

test('more waiting bytes than allowed are refused, and nothing of them is taken', async () => {
  const store = await open(temporaryDirectory(), { queueLimitBytes: 100_000 })
  const large = committedChain(4, { txs: () => [new Uint8Array(60_000)] })
  const results = await Promise.allSettled(large.map((block) => store.putBlocks([block])))
  expect(results.map((result) => (result.status === 'rejected' ? result.reason.code : 'stored'))).toEqual([
    'stored',
    'FULL',
    'FULL',
    'FULL',
  ])
  await store.putBlocks(large.slice(1, 2))
  expect(store.status().contiguous).toBe(2)
})

test('a directory of something else, or of a newer version, is left alone', async () => {
  const { ClassicLevel } = await import('classic-level')
  const put = async (key: string, value: string): Promise<string> => {
    const directory = temporaryDirectory()
    const database = new ClassicLevel(join(directory, 'db'))
    await database.put(key, value)
    await database.close()
    return directory
  }
  await expect(open(await put('x', 'y'))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  const newer = JSON.stringify({ name: 'block-store', version: 2, chainId: 'test' })
  await expect(open(await put('!format', newer))).rejects.toMatchObject({ code: 'FORMAT_NEWER' })
  const journal = JSON.stringify({ name: 'transaction-journal', version: 1, chainId: 'test' })
  await expect(open(await put('!format', journal))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, 'x')
  await expect(open(file)).rejects.toMatchObject({ code: 'DIRECTORY_UNUSABLE' })
})

test('a damaged height is named, and neither served nor built upon', async () => {
  const { ClassicLevel } = await import('classic-level')
  const directory = temporaryDirectory()
  const store = await open(directory)
  await store.putBlocks(between(1, 3))
  await store.close()
  const database = new ClassicLevel<Buffer, Buffer>(join(directory, 'db'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  })
  const rows = await database.iterator({ gte: Buffer.from('b'), lt: Buffer.from('c') }).all()
  for (const [key, value] of rows.filter(([key]) => key.readBigUInt64BE(1) === 3n)) {
    value[value.length - 1]! ^= 1
    await database.put(key, value)
  }
  await database.close()
  const again = await open(directory)
  await expect(again.get(3)).rejects.toMatchObject({ code: 'STORAGE_FAILED', message: expect.stringContaining('3') })
  expect((await again.get(2))?.hash).toEqual(at(2).hash)
  await expect(again.putBlocks([at(4)])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await expect(again.putCursors({ a: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})

test('more than one batch holds is written in order, with what comes between', async () => {
  const store = await open()
  const large = committedChain(40, { txs: () => [new Uint8Array(1_000_000)] })
  const results = await executed(large)
  const writes = large.map((block, i) => [
    store.putBlocks([block]),
    store.putExecution([results[i]!], { at: block.height }),
  ])
  await Promise.all(writes.flat())
  expect(store.status()).toMatchObject({ contiguous: 40, executed: 40 })
  expect(await store.cursor('at')).toBe(40)
  expect((await store.range(1, 40, 5_000_000)).length).toBe(4)
})

test('a copy of the directory at rest is whole', async () => {
  const directory = temporaryDirectory()
  const store = await open(directory)
  for (const block of between(1, 5)) await store.putBlocks([block])
  const copy = join(temporaryDirectory(), 'copy')
  cpSync(directory, copy, { recursive: true })
  expect((await open(copy)).status().contiguous).toBe(5)
})

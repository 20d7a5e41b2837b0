import { encodeP2PSignedHeader } from 'block-fsm'
import { expect, test } from 'vitest'
import { believeSignatures, complete, expectWhole, newBackfill, seed } from '../support/backfilling.ts'
import { Chain } from '../support/chain.ts'
import { codeOf } from '../support/code-of.ts'
import { FakePeers, honest, tampered } from '../support/fake-peers.ts'
import { random } from '../support/random.ts'
import { CatchupError, MemoryHistoryStore } from 'p2p-catchup'

const chain = Chain.make(1000)
const committed = chain.committed()

test('a backfill that is stopped at any moment goes on from there, and fetches at most a window again', async () => {
  const next = random(1)
  const windowBytes = 64 * 1024
  const limits = { windowBytes, answerBytes: 8 * 1024 }
  const store = new MemoryHistoryStore()
  const peers = new FakePeers().add('a', honest(chain)).add('b', honest(chain))
  let stops = 0
  const end = { isReached: false }
  for (; !end.isReached; stops++) {
    const { backfill } = newBackfill({ store, limits, verifyBatch: believeSignatures }, peers)
    await backfill.addAnchor(chain.anchor())
    const controller = new AbortController()
    const running = backfill.run(controller.signal)
    const until = peers.asked.length + Math.floor(next() * 12)
    const idle = backfill.idle(controller.signal).then(
      () => (end.isReached = true),
      () => false,
    )
    while (peers.asked.length < until && !end.isReached) await turn()
    const before = JSON.stringify(store.status())
    controller.abort()
    await running
    await idle
    // What was verified became durable before `run` resolved, and nothing happens afterwards.
    expect(JSON.parse(before).contiguous).toBeLessThanOrEqual(store.status().contiguous)
    const after = JSON.stringify(store.status())
    await turn()
    expect(JSON.stringify(store.status())).toBe(after)
  }
  await expectWhole(store, chain)
  const again = peers.received.header.length + peers.received.data.length - 2000
  const perWindow = windowBytes / 200
  expect(stops).toBeGreaterThan(5)
  expect(again).toBeLessThanOrEqual(stops * perWindow)
  expect(peers.convictions).toEqual([])
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a newer anchor does not discard the spine below an older one', async () => {
  const { backfill, store, peers } = newBackfill()
  peers.add('a', honest(chain, { from: 301 }))
  await backfill.addAnchor(chain.anchor(600))
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  while (store.status().headers[0]?.from !== 301) await turn()
  await backfill.addAnchor(chain.anchor(1000))
  expect(await store.anchors()).toHaveLength(2)
  peers.add('b', honest(chain))
  await backfill.idle(controller.signal)
  controller.abort()
  await running
  await expectWhole(store, chain)
  expect(new Set(peers.received.header).size).toBe(1000)
})

test('anchors are remembered over a restart', async () => {
  const first = newBackfill()
  await first.backfill.addAnchor(chain.anchor(500))
  const { backfill, store, peers } = newBackfill({ store: first.store })
  peers.add('a', honest(chain))
  await complete(backfill)
  expect(store.status().sealed).toBe(500)
})

test('gaps between stored blocks are filled without fetching what is there', async () => {
  const { backfill, store, peers } = newBackfill()
  await seed(store, committed.slice(0, 200))
  await seed(store, committed.slice(399, 700))
  await store.putHeaders(committed.slice(699, 800))
  peers.add('a', honest(chain))
  await backfill.addAnchor(chain.anchor())
  await complete(backfill)
  await expectWhole(store, chain)
  const missing = [...Array.from({ length: 199 }, (_, i) => 201 + i), ...Array.from({ length: 200 }, (_, i) => 801 + i)]
  const unsigned = committed
    .slice(0, 200)
    .concat(committed.slice(399, 800))
    .map(({ height }) => height)
  expect([...new Set(peers.received.header)].sort((a, b) => a - b)).toEqual(
    [...missing, ...unsigned].sort((a, b) => a - b),
  )
  expect(new Set(peers.received.data).size).toBe(499)
})

test('a local block that the anchored chain does not have is a fork, and is not overwritten', async () => {
  const other = Chain.make(1000, { forkAt: 150 })
  const { backfill, store, peers } = newBackfill()
  await seed(store, other.committed().slice(0, 200))
  peers.add('a', honest(chain))
  await backfill.addAnchor(chain.anchor())
  expect(await codeOf(() => complete(backfill))).toBe('FORK')
  expect(store.status().contiguous).toBe(200)
  expect((await store.get(200))?.header).toEqual(other.header(200))
  expect(peers.convictions).toEqual([])
})

test('two anchors that name different blocks for a height are a fork', async () => {
  const { backfill } = newBackfill()
  await backfill.addAnchor(chain.anchor(700))
  const other = Chain.make(700, { forkAt: 600 })
  expect(await codeOf(() => backfill.addAnchor(other.anchor(700)))).toBe('FORK')
})

test('an anchor that names another block than the stored one is a fork', async () => {
  const { backfill, store } = newBackfill()
  await seed(store, committed.slice(0, 700))
  const other = Chain.make(700, { forkAt: 600 })
  expect(await codeOf(() => backfill.addAnchor(other.anchor(650)))).toBe('FORK')
  expect(await store.anchors()).toEqual([])
})

test('signatures that nobody has do not keep a new gap waiting', async () => {
  const { backfill, store, peers } = newBackfill()
  await seed(store, committed.slice(0, 100))
  const controller = new AbortController()
  await backfill.addAnchor(chain.anchor(100))
  const running = backfill.run(controller.signal)
  while (backfill.progress().stalled === undefined) await turn()
  expect(backfill.progress()).toMatchObject({ phase: 'signatures', from: 1, to: 100 })
  const withoutSignatures = tampered(chain, 'header', (height) =>
    encodeP2PSignedHeader({ ...chain.signed[height - 1]!, signature: new Uint8Array(0), daHeightHint: 0n }),
  )
  await backfill.addAnchor(chain.anchor(1000))
  peers.add('a', async (kind, request, signal) => {
    if (store.status().contiguous === 1000) throw new CatchupError('PEER_REFUSED', 'no more')
    return withoutSignatures(kind, request, signal)
  })
  while (store.status().contiguous < 1000) await turn()
  peers.add('b', honest(chain))
  await backfill.idle(controller.signal)
  controller.abort()
  await running
  await expectWhole(store, chain)
})

test('blocks that come from elsewhere end the work on them', async () => {
  const { backfill, store, peers } = newBackfill({ verifyBatch: believeSignatures })
  peers.add('short', honest(chain, { from: 500 }))
  const controller = new AbortController()
  await backfill.addAnchor(chain.anchor())
  const running = backfill.run(controller.signal)
  while (!backfill.progress().stalled?.includes('499')) await turn()
  await seed(store, committed.slice(0, 499))
  backfill.wake()
  while (store.status().contiguous < 1000) await turn()
  controller.abort()
  await running
  expect(new Set(peers.received.data).size).toBe(501)
})

test('data that does not meet the data above it is this node’s trouble, not a peer’s', async () => {
  const { backfill, store, peers } = newBackfill()
  const blocks = chain.committed()
  const strange = { ...blocks[9]!.data, metadata: { ...blocks[9]!.data.metadata!, lastDataHash: new Uint8Array(32) } }
  await seed(store, blocks.slice(9, 10))
  const get = store.get.bind(store)
  store.get = async (height) => {
    const record = await get(height)
    return height === 10 && record ? { ...record, data: strange } : record
  }
  peers.add('a', honest(chain))
  await backfill.addAnchor(chain.anchor(10))
  expect(await codeOf(() => complete(backfill))).toBe('DATA_CHAIN_BROKEN')
  expect(peers.convictions).toEqual([])
})

test('history that begins above the first block needs to be told what its data follows', async () => {
  const store = new MemoryHistoryStore(400)
  const { backfill, peers } = newBackfill({ store })
  peers.add('a', honest(chain))
  await backfill.addAnchor(chain.anchor())
  expect(await codeOf(() => complete(backfill))).toBe('UNKNOWN_DATA_HASH')
  const told = newBackfill({ store, lastDataHash: committed[398]!.dataHash }, peers)
  await complete(told.backfill)
  expect(store.status()).toMatchObject({ earliest: 400, sealed: 1000 })
  expect((await store.get(400))?.data).toEqual(chain.blocks[399]!.data)
})

test('a store that fails ends the backfill with its error', async () => {
  const { backfill, store, peers } = newBackfill()
  peers.add('a', honest(chain))
  const broken = Object.assign(new Error('disk'), { code: 'STORAGE_FAILED' })
  store.putBlocks = () => Promise.reject(broken)
  await backfill.addAnchor(chain.anchor())
  await expect(complete(backfill)).rejects.toBe(broken)
})

test('a backfill runs once at a time', async () => {
  const { backfill } = newBackfill()
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  expect(await codeOf(() => backfill.run(controller.signal))).toBe('INVALID_OPTIONS')
  controller.abort()
  await running
})

import { type BackfillProgress, CatchupError, type HistoryAnswer } from 'p2p-catchup'
import { expect, test } from 'vitest'
import { complete, expectWhole, newBackfill } from '../support/backfilling.ts'
import { Chain } from '../support/chain.ts'
import { ManualClock, RestlessClock } from '../support/clocks.ts'
import { type Ask, failing, honest, silent } from '../support/fake-peers.ts'

const chain = Chain.make(600)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function settle(turns = 50): Promise<void> {
  for (let i = 0; i < turns; i++) await turn()
}

/** Counts the bytes that are promised to requests on their way. */
function counting(ask: Ask): { ask: Ask; highest: () => number } {
  let now = 0
  let highest = 0
  return {
    highest: () => highest,
    ask: async (kind, request, signal) => {
      now += request.limitBytes
      highest = Math.max(highest, now)
      try {
        return await ask(kind, request, signal)
      } finally {
        now -= request.limitBytes
      }
    },
  }
}

test('what is on its way stays within the window, and one piece', async () => {
  const large = Chain.make(80, { txBytes: () => 20_000 })
  const limits = { windowBytes: 200_000, answerBytes: 50_000, itemBytes: 60_000 }
  const { backfill, store, peers } = newBackfill({ limits })
  const both = counting(honest(large))
  peers.add('a', both.ask).add('b', both.ask)
  await backfill.addAnchor(large.anchor())
  await complete(backfill)
  await expectWhole(store, large)
  expect(both.highest()).toBeLessThanOrEqual(limits.windowBytes + limits.itemBytes)
  expect(both.highest()).toBeGreaterThan(limits.windowBytes / 2)
})

test('a block larger than an answer, and even than the window, comes alone', async () => {
  const mixed = Chain.make(40, { txBytes: (height) => (height % 8 === 0 ? 90_000 : 500) })
  const { backfill, store, peers } = newBackfill({ limits: { windowBytes: 60_000, answerBytes: 10_000 } })
  peers.add('a', honest(mixed)).add('b', honest(mixed))
  await backfill.addAnchor(mixed.anchor())
  await complete(backfill)
  await expectWhole(store, mixed)
  expect(peers.convictions).toEqual([])
})

test('a slow disk holds the requests back', async () => {
  const limits = { windowBytes: 40_000, answerBytes: 10_000 }
  const { backfill, store, peers } = newBackfill({ limits })
  peers.add('a', honest(chain))
  await backfill.addAnchor(chain.anchor())
  let letGo: () => void = () => undefined
  const disk = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const putHeaders = store.putHeaders.bind(store)
  const putClaims = store.putClaimedSignatures.bind(store)
  store.putHeaders = (headers) => disk.then(() => putHeaders(headers))
  store.putClaimedSignatures = (claims) => disk.then(() => putClaims(claims))
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  await settle()
  const heights = new Set(peers.received.header).size
  expect(heights * chain.headerItem(9).length).toBeLessThan(limits.windowBytes * 1.5 + limits.answerBytes * 2)
  letGo()
  await backfill.idle(controller.signal)
  controller.abort()
  await running
  expect(store.status().sealed).toBe(600)
})

test('the next piece in line is asked of a second peer when the first takes long', async () => {
  const clock = new ManualClock()
  const { backfill, store, peers } = newBackfill({ clock, limits: { hedgeMs: 500 } })
  peers.add('stuck', silent)
  await backfill.addAnchor(chain.anchor(50))
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  await settle()
  peers.add('quick', honest(chain))
  await settle()
  expect(peers.asked.map(({ peer }) => peer)).toEqual(['stuck'])
  clock.advance(499)
  await settle()
  expect(peers.asked).toHaveLength(1)
  // Once for headers, and once for bodies if the stuck one is asked first again.
  for (let i = 0; i < 2; i++) {
    clock.advance(500)
    await settle()
  }
  await backfill.idle(controller.signal)
  controller.abort()
  await running
  expect(store.status().sealed).toBe(50)
  expect(peers.convictions).toEqual([])
})

test('a peer that comes later gets its share', async () => {
  const { backfill, store, peers } = newBackfill({ verifyBatch: async (batch) => batch.map(() => true) })
  let answers = 0
  const slow: Ask = async (kind, request, signal) => {
    if (++answers === 3) peers.add('late', honest(chain))
    return honest(chain)(kind, { ...request, amount: Math.min(request.amount, 16) }, signal)
  }
  peers.add('early', slow)
  await backfill.addAnchor(chain.anchor())
  await complete(backfill)
  expect(store.status().contiguous).toBe(600)
  const late = peers.asked.filter(({ peer }) => peer === 'late').length
  expect(late).toBeGreaterThanOrEqual(5)
})

test('it says why it cannot go on, and goes on as soon as it can', async () => {
  const { backfill, store, peers } = newBackfill()
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  await backfill.addAnchor(chain.anchor())
  await settle()
  const progress = (): BackfillProgress => backfill.progress()
  expect(progress()).toMatchObject({ active: true, phase: 'headers', from: 1, to: 600, done: 0, headersDone: 0 })
  expect(progress().stalled).toContain('no peer')
  peers.add('short', honest(chain, { to: 400 }))
  await until(() => progress().stalled?.includes('block 600') === true)
  peers.remove('short')
  await settle()
  expect(progress().stalled).toContain('no peer')
  peers.add('full', honest(chain))
  await backfill.idle(controller.signal)
  expect(progress()).toMatchObject({ active: false, phase: 'idle', stalled: undefined })
  controller.abort()
  await running
  expect(store.status().sealed).toBe(600)
})

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await turn()
}

test('all peers vanish and come back: work goes on at once', async () => {
  const clock = new ManualClock()
  const limits = { pauseMinMs: 250, pauseMaxMs: 30_000 }
  const { backfill, store, peers } = newBackfill({ clock, limits })
  let isCut = false
  const cut: Ask = (kind, request, signal) => (isCut ? failing('PEER_GONE') : honest(chain))(kind, request, signal)
  peers.add('a', cut).add('b', cut)
  const controller = new AbortController()
  await backfill.addAnchor(chain.anchor())
  const running = backfill.run(controller.signal)
  await until(() => peers.asked.length > 3)
  isCut = true
  await settle()
  peers.remove('a')
  peers.remove('b')
  clock.advance(30_000)
  await settle()
  isCut = false
  peers.add('a', cut).add('b', cut)
  await backfill.idle(controller.signal)
  controller.abort()
  await running
  expect(store.status().sealed).toBe(600)
})

test.each([
  ['refuse', failing('PEER_REFUSED')],
  ['have nothing', honest(chain, { to: 0 })],
])('peers that %s are asked ever more rarely', async (_, ask) => {
  const clock = new ManualClock()
  const { backfill, peers } = newBackfill({ clock, random: () => 1, limits: { pauseMinMs: 250, pauseMaxMs: 30_000 } })
  peers.add('a', ask).add('b', ask)
  await backfill.addAnchor(chain.anchor())
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  const asked: number[] = []
  for (let minute = 0; minute < 5; minute++) {
    const before = peers.asked.length
    for (let second = 0; second < 60; second++) {
      clock.advance(1000)
      await settle(6)
    }
    asked.push(peers.asked.length - before)
  }
  controller.abort()
  await running
  expect(asked[0]).toBeLessThan(80)
  expect(asked.at(-1)).toBeLessThan(20)
  expect(peers.convictions).toEqual([])
})

test('a pause that ends while work is dealt out is not missed', async () => {
  const limits = { pauseMinMs: 1, pauseMaxMs: 2, requestTimeoutMs: 1_000_000 }
  const { backfill, store, peers } = newBackfill({ clock: new RestlessClock(), limits })
  let count = 0
  peers.add('a', (kind, request, signal) =>
    ++count % 3 === 0
      ? honest(chain)(kind, request, signal)
      : Promise.reject(new CatchupError('PEER_REFUSED', 'not now')),
  )
  await backfill.addAnchor(chain.anchor())
  await complete(backfill)
  expect(store.status().contiguous).toBe(600)
})

test('progress shows blocks, a rate and the time that is left', async () => {
  const clock = new ManualClock()
  const { backfill, peers } = newBackfill({ clock })
  const waiting: (() => void)[] = []
  const paced: Ask = async (kind, request, signal): Promise<HistoryAnswer> => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return honest(chain)(kind, request, signal)
  }
  peers.add('a', paced, 100)
  const controller = new AbortController()
  await backfill.addAnchor(chain.anchor(300))
  const running = backfill.run(controller.signal)
  await settle()
  for (let second = 0; second < 20 && backfill.progress().headersDone < 200; second++) {
    clock.advance(1000)
    for (const release of waiting.splice(0)) release()
    await settle()
  }
  const { done, headersDone, blocksPerSecond, etaSeconds } = backfill.progress()
  expect(done).toBe(0)
  expect(headersDone).toBeGreaterThanOrEqual(200)
  expect(blocksPerSecond).toBeGreaterThan(10)
  expect(etaSeconds).toBeCloseTo((600 - headersDone) / blocksPerSecond)
  controller.abort()
  await running
})

test('a peer that answers after it was given up is not listened to', async () => {
  const clock = new ManualClock()
  const { backfill, peers, store } = newBackfill({ clock, limits: { requestTimeoutMs: 1000 } })
  let answer: ((answer: HistoryAnswer) => void) | undefined
  peers.add('late', () => new Promise((resolve) => (answer ??= resolve)))
  const controller = new AbortController()
  await backfill.addAnchor(chain.anchor(10))
  const running = backfill.run(controller.signal)
  await settle()
  clock.advance(1000)
  await settle()
  answer?.({ items: [chain.headerItem(10)], bytes: 500 })
  await settle()
  expect(store.status().headers).toEqual([])
  controller.abort(new CatchupError('STOPPED', 'over'))
  await running
})

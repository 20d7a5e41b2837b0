import { assert, asyncProperty, constantFrom, integer, record, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { believeSignatures, complete, expectWhole, newBackfill, seed } from '../support/backfilling.ts'
import { Chain } from '../support/chain.ts'
import { type Ask, failing, honest, silent, tampered } from '../support/fake-peers.ts'

const chain = Chain.make(150)
const committed = chain.committed()
const other = Chain.make(150, { forkAt: 40 })

/** Peers by what they do; those of the second group are at fault once they are asked for the right height. */
const useful = { whole: honest(chain), upper: honest(chain, { from: 70 }), lower: honest(chain, { to: 90 }) }
const lying: Record<string, Ask> = {
  forked: honest(other),
  'wrong headers': tampered(chain, 'header', (height, item) => (height % 7 === 0 ? item.subarray(1) : item)),
  'wrong bodies': tampered(chain, 'data', (height) => chain.dataItem((height % 150) + 1)),
  malformed: failing('PEER_MALFORMED'),
}
const useless: Record<string, Ask> = { silent, refusing: failing('PEER_REFUSED'), empty: honest(chain, { to: 0 }) }
const kinds = Object.keys({ ...useful, ...lying, ...useless })

/** Stops in the middle of every second answer. */
function flaky(ask: Ask): Ask {
  let count = 0
  return async (kind, request, signal) => {
    const answer = await ask(kind, request, signal)
    if (++count % 2 === 0 || answer.items.length < 2) return answer
    const items = answer.items.slice(0, answer.items.length / 2)
    return { items, bytes: items.reduce((sum, { length }) => sum + length, 0), isBroken: true }
  }
}

test('whatever peers there are, the chain comes from the honest ones and only liars are convicted', async () => {
  const world = record({
    mix: uniqueArray(constantFrom(...kinds), { maxLength: 6 }),
    pageLimit: constantFrom(1, 5, 64),
    windowBytes: constantFrom(4_000, 40_000),
    stored: integer({ min: 0, max: 60 }),
    island: integer({ min: 80, max: 120 }),
    anchor: integer({ min: 121, max: 150 }),
    isFlaky: constantFrom(true, false),
  })
  await assert(
    asyncProperty(world, async ({ mix, pageLimit, windowBytes, stored, island, anchor, isFlaky }) => {
      const { backfill, store, peers } = newBackfill({
        verifyBatch: believeSignatures,
        limits: { windowBytes, answerBytes: 2_000, requestTimeoutMs: 20, hedgeMs: 5, pauseMaxMs: 4 },
      })
      await seed(store, committed.slice(0, stored))
      await seed(store, committed.slice(island - 1, island + 3))
      for (const kind of mix) peers.add(kind, { ...useful, ...lying, ...useless }[kind]!, pageLimit)
      peers.add('savior', isFlaky ? flaky(honest(chain)) : honest(chain), pageLimit)
      await backfill.addAnchor(chain.anchor(anchor))
      await backfill.addAnchor(chain.anchor())
      await complete(backfill)
      await expectWhole(store, chain)
      const convicted = peers.convictions.map(({ peer }) => peer)
      expect(convicted.filter((peer) => !(peer in lying))).toEqual([])
      expect(new Set(convicted).size).toBe(convicted.length)
    }),
    { numRuns: 25 },
  )
})

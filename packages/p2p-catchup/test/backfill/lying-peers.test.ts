import { encodeP2PSignedHeader } from 'block-fsm'
import { expect, test } from 'vitest'
import { complete, expectWhole, newBackfill } from '../support/backfilling.ts'
import { Chain } from '../support/chain.ts'
import { type Ask, failing, honest, silent, tampered } from '../support/fake-peers.ts'

const chain = Chain.make(400)
const other = Chain.make(400, { forkAt: 101 })

const flip = (item: Uint8Array): Uint8Array => item.map((byte, i) => (i === item.length - 40 ? byte ^ 1 : byte))

const lies: [string, Ask, string][] = [
  [
    'a wrong header',
    tampered(chain, 'header', (height, item) => (height % 25 === 5 ? flip(item) : item)),
    'wrong-header',
  ],
  [
    'the header of another height',
    tampered(chain, 'header', (height) => chain.headerItem((height % 400) + 1)),
    'wrong-header',
  ],
  ['headers of another chain', tampered(chain, 'header', (height) => other.headerItem(height)), 'wrong-header'],
  ['garbage for a header', tampered(chain, 'header', () => Uint8Array.of(0xff, 0xff)), 'wrong-header'],
  ['an empty header', tampered(chain, 'header', () => new Uint8Array(0)), 'wrong-header'],
  ['a wrong body', tampered(chain, 'data', (height) => chain.dataItem((height % 400) + 1)), 'wrong-data'],
  ['garbage for a body', tampered(chain, 'data', () => Uint8Array.of(0xff, 0xff)), 'wrong-data'],
  ['a truncated body', tampered(chain, 'data', (_, item) => item.subarray(0, item.length - 3)), 'wrong-data'],
  ['no protocol at all', failing('PEER_MALFORMED'), 'malformed'],
]

test.each(lies)('the peer that gives %s is convicted, and nobody else', async (_, lie, kind) => {
  const { backfill, store, peers } = newBackfill()
  peers.add('honest', honest(chain)).add('liar', lie)
  await backfill.addAnchor(chain.anchor())
  await complete(backfill)
  await expectWhole(store, chain)
  expect(peers.convictions.map((conviction) => [conviction.peer, conviction.kind])).toEqual([['liar', kind]])
  expect(peers.convictions[0]?.bytes.length).toBeLessThanOrEqual(65536)
})

test('a forged signature is found before anything is sealed, and convicts who insists on it', async () => {
  const forging = tampered(chain, 'header', (height) =>
    encodeP2PSignedHeader({ ...chain.signed[height - 1]!, signature: new Uint8Array(64).fill(1), daHeightHint: 0n }),
  )
  const { backfill, store, peers } = newBackfill()
  peers.add('liar', forging)
  await backfill.addAnchor(chain.anchor())
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  await convicted(peers.convictions)
  expect(store.status()).toMatchObject({ contiguous: 400, sealed: 0 })
  peers.add('honest', honest(chain))
  await backfill.idle(controller.signal)
  controller.abort()
  await running
  await expectWhole(store, chain)
  expect(peers.convictions).toMatchObject([{ peer: 'liar', kind: 'wrong-signature', height: 1 }])
})

async function convicted(convictions: readonly unknown[]): Promise<void> {
  while (convictions.length === 0) await new Promise((resolve) => setImmediate(resolve))
}

test('a signed header that conflicts with the chain is kept as evidence', async () => {
  const { backfill, store, peers } = newBackfill()
  peers.add('honest', honest(chain)).add(
    'liar',
    tampered(chain, 'header', (height) => other.headerItem(height)),
  )
  await backfill.addAnchor(chain.anchor())
  await complete(backfill)
  const [conviction] = peers.convictions
  expect(store.evidence).toEqual([
    {
      kind: 'conflicting-header',
      height: conviction?.height,
      bytes: other.headerItem(conviction!.height),
      atMs: 1_700_000_000_000,
    },
  ])
})

test.each([
  ['silent', silent],
  ['failing', failing('PEER_REFUSED')],
  ['empty-handed', honest(chain, { to: 0 })],
])('a peer that is %s loses its turn, is not convicted, and does not hold the others up', async (_, ask) => {
  const { backfill, store, peers } = newBackfill({ limits: { requestTimeoutMs: 50, hedgeMs: 5 } })
  peers.add('honest', honest(chain)).add('useless', ask)
  await backfill.addAnchor(chain.anchor())
  await complete(backfill)
  await expectWhole(store, chain)
  expect(peers.convictions).toEqual([])
})

test('answers that break off count as far as they came', async () => {
  const whole = honest(chain)
  const breaking: Ask = async (kind, request, signal) => {
    const { items } = await whole(kind, { ...request, amount: Math.min(request.amount, 5) }, signal)
    return { items, bytes: items.reduce((sum, { length }) => sum + length, 0), isBroken: true }
  }
  const small = Chain.make(60)
  const { backfill, store, peers } = newBackfill()
  peers.add('breaking', breaking)
  await backfill.addAnchor(small.anchor())
  await complete(backfill)
  await expectWhole(store, small)
  expect(peers.convictions).toEqual([])
})

test('a peer that has a part of the chain is asked for that part', async () => {
  const { backfill, store, peers } = newBackfill()
  peers.add('pruned', honest(chain, { from: 150 })).add('behind', honest(chain, { to: 250 }))
  await backfill.addAnchor(chain.anchor())
  await complete(backfill)
  await expectWhole(store, chain)
  expect(peers.convictions).toEqual([])
})

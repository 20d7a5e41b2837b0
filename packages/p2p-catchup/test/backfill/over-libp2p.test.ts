import type { Stream } from '@libp2p/interface'
import { type Conviction, type Host, type HistoryStore, libp2pPeers, serveHistory } from 'p2p-catchup'
import { expect, test } from 'vitest'
import { believeSignatures, complete, expectWhole, newBackfill } from '../support/backfilling.ts'
import { Chain, chainId } from '../support/chain.ts'
import { realClock } from '../support/clocks.ts'
import { connect, openHost } from '../support/hosts.ts'
import { untilPeers } from '../support/until.ts'

const chain = Chain.make(1000)
const other = Chain.make(1000, { forkAt: 301 })

async function serving(store: Pick<HistoryStore, 'status' | 'range' | 'heightOf'>): Promise<Host> {
  const host = await openHost()
  await serveHistory({ host, chainId, store, clock: realClock })
  return host
}

/** A host that does something of its own with every request. */
async function misbehaving(act: (stream: Stream) => void): Promise<Host> {
  const host = await openHost()
  const protocols = [`/${chainId}-headerSync/header-ex/v0.0.3`, `/${chainId}-dataSync/header-ex/v0.0.3`]
  await host.libp2p.handle(protocols, (stream) => {
    stream.addEventListener('message', () => act(stream), { once: true })
  })
  return host
}

/** Sealed blocks of one chain whose bodies are those of another. */
async function wrongBodies(): Promise<Pick<HistoryStore, 'status' | 'range' | 'heightOf'>> {
  const store = await chain.store()
  return {
    status: () => store.status(),
    heightOf: (hash) => store.heightOf(hash),
    range: async (from, to, limitBytes) => {
      const records = await store.range(from, to, limitBytes)
      return records.map((record) => ({ ...record, data: other.blocks[(record.height + 1) % 1000]!.data }))
    },
  }
}

const liars: [string, () => Promise<Host>, Conviction['kind'] | undefined][] = [
  ['wrong headers', async () => serving(await other.store()), 'wrong-header'],
  ['wrong bodies', async () => serving(await wrongBodies()), 'wrong-data'],
  ['garbage', () => misbehaving((stream) => stream.send(new Uint8Array(50).fill(0xff))), 'malformed'],
  [
    'a truncated answer',
    () =>
      misbehaving((stream) => {
        stream.send(Uint8Array.of(100, 1, 2, 3))
        void stream.close()
      }),
    'malformed',
  ],
  ['nothing', () => misbehaving(() => undefined), undefined],
]

test.each(liars)('1000 blocks from two peers, one of which gives %s', async (_, openLiar, kind) => {
  const [asker, honest, liar] = await Promise.all([openHost(), serving(await chain.store()), openLiar()])
  const limits = { silenceMs: 300 }
  const peers = await libp2pPeers({ host: asker, chainId, clock: realClock, limits })
  await connect(asker, liar)
  await untilPeers(peers, () => peers.list().length === 1)
  const convictions: Conviction[] = []
  const { backfill, store } = newBackfill(
    { verifyBatch: believeSignatures, onConviction: (conviction) => convictions.push(conviction) },
    peers,
  )
  await backfill.addAnchor(chain.anchor())
  const completed = complete(backfill)
  await connect(asker, honest)
  await completed
  await expectWhole(store, chain)
  expect(convictions.map((conviction) => [conviction.peer, conviction.kind])).toEqual(
    kind === undefined ? [] : [[liar.peerId, kind]],
  )
  expect(asker.banReason(honest.peerId)).toBeUndefined()
})

test('a node that caught up serves what it fetched', async () => {
  const first = await serving(await chain.store())
  const second = await openHost()
  const peers = await libp2pPeers({ host: second, chainId, clock: realClock })
  await connect(second, first)
  const middle = newBackfill({}, peers)
  await middle.backfill.addAnchor(chain.anchor())
  await complete(middle.backfill)
  await serveHistory({ host: second, chainId, store: middle.store, clock: realClock })
  await first.stop()

  const third = await openHost()
  const peersOfThird = await libp2pPeers({ host: third, chainId, clock: realClock })
  await connect(third, second)
  const last = newBackfill({}, peersOfThird)
  await last.backfill.addAnchor(chain.anchor(900))
  await complete(last.backfill)
  expect(last.store.status().sealed).toBe(900)
})

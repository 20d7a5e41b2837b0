import { mkdtemp, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockFsm, type TransactionJournal, type Verdict } from 'block-fsm'
import { openJournal } from 'block-store-level'
import { pino } from 'pino'
import { encodeOpening, type RaftNode } from 'raft-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Collector } from '../../src/intake/collector.ts'
import { Offerer } from '../../src/intake/offerer.ts'
import { OfferWindow } from '../../src/intake/offer-window.ts'

/** Time stands still: nothing here may need the repetition. */
const clock = { now: () => 0, wakeAt: () => () => {} }

const logger = pino({ enabled: false })

let directory = ''
let journal: TransactionJournal
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steady-load-'))
  journal = await openJournal({ directory, chainId: 'c', bootCounter: 1, random: randomBytes, logger })
})

afterEach(async () => {
  await journal.close()
  await rm(directory, { recursive: true, force: true })
})

/** A leader of one, whose proposals are decided when the test says so. */
function leadAlone(): {
  fsm: BlockFsm
  raft: Pick<RaftNode<Verdict>, 'on' | 'propose' | 'sendFrame' | 'status'>
  decide: () => void
} {
  const fsm = new BlockFsm({ chainId: 'c', initialHeight: 1, genesisTimeNs: 1n, proposerAddress: new Uint8Array(32) })
  const opening = encodeOpening({ clusterId: 'ab', epoch: 0, leader: { id: 'a', incarnation: 'cd' }, term: 1 })
  fsm.apply([{ index: 1, term: 1, type: 'opening', payload: opening }])
  const proposed: (() => void)[] = []
  const status = { role: 'leader', term: 1, leader: { id: 'a' } } as ReturnType<RaftNode<Verdict>['status']>
  let index = 1
  return {
    fsm,
    raft: {
      on: () => () => {},
      status: () => status,
      // As the node does it: there is nobody behind the own id.
      sendFrame: (to) => expect(to).not.toBe('a'),
      propose: (payload) =>
        new Promise((resolve) => {
          proposed.push(() => {
            index += 1
            const [verdict] = fsm.apply([{ index, term: 1, type: 'command', payload }])
            resolve({ index, term: 1, verdict: verdict! })
          })
        }),
    },
    decide: () => {
      for (const run of proposed.splice(0)) run()
    },
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

test("the leader's own transactions are all offered though its journal was being opened while they came", async () => {
  const { fsm, raft, decide } = leadAlone()
  const stop = new AbortController()
  const ask = (_member: string, what: Parameters<Offerer['onAsk']>[0]): void => offerer.onAsk(what)
  const collector = new Collector({ raft, fsm, ask, logger })
  let offered = 0
  const offerer = new Offerer({
    nodeId: 'a',
    raft,
    fsm,
    journal,
    offerHere: (offer) => {
      collector.onOffer('a', offer)
      offered = offer.transactions.at(-1)!.sequence
    },
    clock,
  })
  const running = offerer.run(stop.signal)
  const post = async (text: string): Promise<void> => {
    const sequence = await journal.append([{ bytes: Buffer.from(text) }])
    offerer.wake()
    await until(() => offered === sequence)
  }
  const held = (): number => collector.runs()[0]?.transactions.length ?? 0
  for (const text of ['a=1', 'b=2', 'c=3']) await post(text)
  expect(held()).toBe(0)
  decide()
  await post('d=4')
  await until(() => held() === 4)
  stop.abort()
  await running
})

test('later offers do not put off the time at which an undecided one is offered again', () => {
  const window = new OfferWindow()
  window.add(10, 100, 0)
  for (let now = 50; now < 1000; now += 50) window.add(10 + now, 1, now)
  expect(window.isStuck(999, 1000)).toBe(false)
  expect(window.isStuck(1000, 1000)).toBe(true)
  window.settle(10, 1000)
  expect(window.isStuck(1999, 1000)).toBe(false)
  window.rewindTo(10, 2000)
  expect([window.offered, window.bytes, window.isStuck(5000, 1000)]).toEqual([10, 0, false])
})

test('decided offers make room in the window before all of it is decided', () => {
  const window = new OfferWindow()
  window.add(10, 100, 0)
  window.add(20, 50, 0)
  window.settle(15, 1)
  expect(window.bytes).toBe(50)
  window.settle(30, 2)
  expect([window.offered, window.bytes]).toEqual([30, 0])
})

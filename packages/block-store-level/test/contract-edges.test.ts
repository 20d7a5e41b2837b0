import { randomBytes } from 'node:crypto'
import { transactionHash } from 'block-fsm'
import { openJournal } from 'block-store-level'
import { expect, test } from 'vitest'
import { temporaryDirectory } from './support/temporary.ts'

const random = (n: number) => Uint8Array.from(randomBytes(n))
const journal = (directory = temporaryDirectory(), more: object = {}) =>
  openJournal({ directory, chainId: 'c1', bootCounter: 1, random, ...more })
const tx = (text: string) => ({ bytes: Uint8Array.from(Buffer.from(text)) })

test('released transactions stay decided after renew', async () => {
  const j = await journal()
  await j.append([tx('a'), tx('b')])
  await j.release(1)
  expect((await j.find(transactionHash(tx('a').bytes)))?.outcome.kind).toBe('decided')
  await j.renew()
  expect((await j.find(transactionHash(tx('b').bytes)))?.outcome).toEqual({ kind: 'dropped', reason: 'origin closed' })
  expect((await j.find(transactionHash(tx('a').bytes)))?.outcome).toEqual({ kind: 'decided' })
  await j.close()
})

test('an append over the limit does not make release or decide FULL', async () => {
  const j = await journal(undefined, { limitBytes: 1000 })
  await j.append([tx('a')])
  await new Promise((r) => setImmediate(r))
  const big = j.append([{ bytes: new Uint8Array(2000) }])
  const ends = await Promise.allSettled([
    big,
    j.release(1),
    j.decide([{ sequence: 1, outcome: { kind: 'committed', height: 3 } }]),
  ])
  expect(ends.map((e) => (e.status === 'rejected' ? (e.reason as { code: string }).code : 'ok'))).toEqual([
    'FULL',
    'ok',
    'ok',
  ])
  await j.close()
})

test('an aborted read of the journal rejects with the reason', async () => {
  const j = await journal()
  await j.append(Array.from({ length: 5000 }, (_, i) => tx(`t${i}${'.'.repeat(1000)}`)))
  const controller = new AbortController()
  const reading = j.read(1, 1e9, controller.signal)
  setImmediate(() => controller.abort())
  const error = await reading.then(
    () => 'finished',
    (e: unknown) => e,
  )
  expect(error).toBe(controller.signal.reason)
  await j.close()
})

test('the id is the journal’s own copy, and renew makes another', async () => {
  const j = await journal()
  const before = Uint8Array.from(j.id)
  await j.renew()
  expect(j.id).not.toEqual(before)
  expect([j.firstSequence, j.lastSequence]).toEqual([1, 0])
  await j.close()
})

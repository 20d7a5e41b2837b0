import { expect, test } from 'vitest'
import type { NodeClient, Submission } from '../../src/devnet/client/node-client.ts'
import { Load } from '../../src/devnet/load/load.ts'
import { ManualClock } from './support/manual-clock.ts'

function node(answer: (text: string) => Submission | Promise<Submission>, taken: string[] = []): NodeClient {
  return {
    status: () => Promise.reject(new Error('not asked')),
    block: () => Promise.reject(new Error('not asked')),
    submit: async (text) => {
      taken.push(text)
      return answer(text)
    },
  }
}

const takes = (): Submission => ({ kind: 'acknowledged' })

test('transactions go to each node in turn, at the rate that was asked for', async () => {
  const clock = new ManualClock()
  const taken: string[][] = [[], [], []]
  const acknowledged: string[] = []
  const load = new Load({
    clients: taken.map((list) => node(takes, list)),
    runId: 'run',
    onAcknowledged: (text) => acknowledged.push(text),
  })
  const stop = new AbortController()
  const running = load.run(2, clock, stop.signal)
  await clock.advance(3000)
  stop.abort()
  await running
  expect(taken.map((list) => list.length)).toEqual([2, 2, 2])
  expect(new Set(acknowledged).size).toBe(6)
  expect(acknowledged.every((text) => load.isOurs(text))).toBe(true)
  expect(load.isOurs('key-1=other-1')).toBe(false)
})

test('a clear refusal is tried at the next node', async () => {
  const taken: string[] = []
  const refuses = (): Submission => ({ kind: 'refused', why: 'no leader is known', isElsewhere: true })
  const load = new Load({ clients: [node(refuses), node(takes, taken)], runId: 'run', onAcknowledged: () => undefined })
  expect((await load.sendOne()).submission.kind).toBe('acknowledged')
  expect(taken).toHaveLength(1)
})

test('an unknown outcome is never sent again', async () => {
  const taken: string[] = []
  const loses = (): Submission => ({ kind: 'unknown', why: 'ECONNRESET' })
  const load = new Load({ clients: [node(loses), node(takes, taken)], runId: 'run', onAcknowledged: () => undefined })
  expect((await load.sendOne()).submission.kind).toBe('unknown')
  expect(taken).toEqual([])
  expect(load.counts).toEqual({ acknowledged: 0, refused: 0, unknown: 1 })
})

test('a node that answers nobody does not pile up requests for ever', async () => {
  const clock = new ManualClock()
  const taken: string[] = []
  let answer = (_submission: Submission): void => undefined
  const late = new Promise<Submission>((resolve) => {
    answer = resolve
  })
  const load = new Load({ clients: [node(() => late, taken)], runId: 'run', onAcknowledged: () => undefined })
  const stop = new AbortController()
  const running = load.run(10, clock, stop.signal)
  await clock.advance(60_000)
  expect(taken).toHaveLength(64)
  stop.abort()
  answer({ kind: 'unknown', why: 'closed' })
  await running
})

import type { Done, LogStore, LogWrite } from 'raft-core'
import { expect, test } from 'vitest'
import { WriteQueue } from '../../src/driver/write-queue.ts'
import type { WriteEffect } from '../../src/step/effect.ts'
import { entries } from '../support/stepped-node.ts'

const write = (id: number): WriteEffect => ({
  kind: 'write',
  id,
  reset: undefined,
  truncateFrom: undefined,
  entries: [],
  hardState: undefined,
})

function queueOn(append: (write: LogWrite, done: Done) => void): {
  queue: WriteQueue
  durable: number[]
  failures: Error[]
} {
  const durable: number[] = []
  const failures: Error[] = []
  const store = { append } as LogStore
  const queue = new WriteQueue(
    store,
    (id) => durable.push(id),
    (error) => failures.push(error),
  )
  return { queue, durable, failures }
}

test('while a write is on its way the next ones gather and go as one', () => {
  const dones: Done[] = []
  const { queue, durable } = queueOn((_write, done) => dones.push(done))
  for (const id of [1, 2, 3]) queue.push(write(id))
  expect(dones).toHaveLength(1)
  dones[0]!()
  expect(dones).toHaveLength(2)
  dones[1]!()
  expect(durable).toEqual([1, 3])
})

test('a store that calls back with an error fails the queue, and whoever waits for quiet is let go', () => {
  const dones: Done[] = []
  const { queue, failures } = queueOn((_write, done) => dones.push(done))
  queue.push(write(1))
  let isIdle = false
  queue.whenIdle(() => {
    isIdle = true
  })
  dones[0]!(new Error('disk'))
  expect(failures).toHaveLength(1)
  expect(isIdle).toBe(true)
})

test('a store that throws has failed as well', () => {
  const { queue, failures } = queueOn(() => expect.fail('disk'))
  queue.push(write(1))
  expect(failures).toHaveLength(1)
})

test('a reset is a write of its own, behind what was asked for before and before what comes after', () => {
  const asked: string[] = []
  const dones: Done[] = []
  const durable: number[] = []
  const store = {
    append: ({ entries }, done) => {
      asked.push(`append ${entries.map(({ index }) => index).join()}`)
      dones.push(done)
    },
    reset: ({ index }, done) => {
      asked.push(`reset ${index}`)
      dones.push(done)
    },
  } as LogStore
  const queue = new WriteQueue(
    store,
    (id) => durable.push(id),
    () => expect.fail('nothing fails'),
  )
  const entriesOf = (id: number, index: number): WriteEffect => ({ ...write(id), entries: entries(index, 1) })
  queue.push(entriesOf(1, 1))
  queue.push(entriesOf(2, 2))
  queue.push({ ...write(3), reset: { index: 9, term: 1 } })
  queue.push(entriesOf(4, 10))
  queue.push(entriesOf(5, 11))
  for (let done = dones.shift(); done !== undefined; done = dones.shift()) done()
  expect(asked).toEqual(['append 1', 'append 2', 'reset 9', 'append 10,11'])
  expect(durable).toEqual([1, 2, 3, 5])
})

test('nothing is durable, or written, after a write that failed', () => {
  const dones: Done[] = []
  const { queue, durable } = queueOn((_write, done) => dones.push(done))
  for (const id of [1, 2]) queue.push(write(id))
  dones[0]!(new Error('disk'))
  expect([durable, dones.length]).toEqual([[], 1])
})

import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { StopRequest } from '../../src/devnet/stop-request.ts'
import { ManualClock } from './support/manual-clock.ts'

test('one Ctrl-C that comes twice, from the terminal and from npm, counts once', async () => {
  const clock = new ManualClock()
  const request = new StopRequest(clock)
  const source = new EventEmitter()
  const dispose = request.listenTo(source)
  source.emit('SIGINT')
  await clock.advance(300)
  source.emit('SIGINT')
  source.emit('SIGTERM')
  expect(request.stop.aborted).toBe(true)
  expect(request.hurry.aborted).toBe(false)
  dispose()
  expect(source.eventNames()).toEqual([])
})

test('a second Ctrl-C later means at once', async () => {
  const clock = new ManualClock()
  const request = new StopRequest(clock)
  request.ask()
  await clock.advance(1500)
  request.ask()
  expect(request.hurry.aborted).toBe(true)
})

import { expect, test } from 'vitest'
import { EventLog } from '../../../src/devnet/audit/events.ts'
import { type Fault, LeadershipWatch } from '../../../src/devnet/audit/leadership-watch.ts'
import type { StatusDocument } from '../../../src/rpc/node-view.ts'
import { statusOf } from '../support/documents.ts'

// The wall clock shows 10:00:00 at 0 on the clock of the tests.
const wallStart = Date.parse('2026-01-01T10:00:00Z')

function watch(): { watch: LeadershipWatch; lines: () => readonly string[] } {
  const events = new EventLog(() => wallStart)
  return { watch: new LeadershipWatch(events), lines: () => events.newest(100).map(({ text }) => text) }
}

function leading(id: string, term: number, given: Partial<StatusDocument> = {}): StatusDocument {
  return statusOf({ node_id: id, role: 'leader', term, leader_id: id, ...given })
}

function killed(id: string, at: number): Fault {
  return { id, what: 'killed', at, wallMs: wallStart + at }
}

test('a leader that is killed: one line says who leads after what time, and which block came when', () => {
  const { watch: leadership, lines } = watch()
  leadership.onStatus('node-1', leading('node-1', 3), 0)
  leadership.onFault(killed('node-1', 1000))
  expect(leadership.isFailingOver).toBe(true)
  expect(lines()).toEqual(['node-1 leads in term 3', 'node-1 killed; …'])
  leadership.onStatus('node-2', leading('node-2', 4), 1084)
  expect(lines().at(-1)).toBe('node-1 killed; node-2 leads after 84 ms; …')
  const block = { tip_height: 57, block_time: '2026-01-01T10:00:01.590000000Z' }
  leadership.onStatus('node-2', leading('node-2', 4, block), 1600)
  expect(lines().at(-1)).toBe('node-1 killed; node-2 leads after 84 ms; block 57 after 0.6 s')
  expect(leadership.failovers).toEqual([{ leader: 'node-2', term: 4, leaderAfterMs: 84, blockAfterMs: 600 }])
  expect(leadership.isFailingOver).toBe(false)
  expect(leadership.changes).toBe(1)
})

test('a block that the old leader had under way does not end the failover', () => {
  const { watch: leadership } = watch()
  leadership.onStatus('node-1', leading('node-1', 3), 0)
  leadership.onFault(killed('node-1', 1000))
  const early = { tip_height: 56, block_time: '2026-01-01T10:00:00.990000000Z' }
  leadership.onStatus('node-2', leading('node-2', 4, early), 1100)
  expect(leadership.isFailingOver).toBe(true)
})

test('a leader of the past that goes on is not a change', () => {
  const { watch: leadership } = watch()
  leadership.onStatus('node-1', leading('node-1', 3), 0)
  leadership.onStatus('node-2', leading('node-2', 4), 100)
  leadership.onStatus('node-1', leading('node-1', 3), 200)
  expect(leadership.current).toEqual({ id: 'node-2', term: 4 })
  expect(leadership.changes).toBe(1)
})

test('two leaders in one term are an alarm', () => {
  const events = new EventLog(() => wallStart)
  const leadership = new LeadershipWatch(events)
  leadership.onStatus('node-1', leading('node-1', 3), 0)
  leadership.onStatus('node-2', leading('node-2', 3), 100)
  expect(events.newest(1)).toMatchObject([{ isAlarm: true, text: 'TWO LEADERS in term 3: node-1 and node-2' }])
})

test("a follower's fault is a line and no failover", () => {
  const { watch: leadership, lines } = watch()
  leadership.onStatus('node-1', leading('node-1', 3), 0)
  leadership.onFault(killed('node-0', 1000))
  expect(lines().at(-1)).toBe('node-0 killed')
  expect(leadership.isFailingOver).toBe(false)
})

test('a failover that never comes is closed with what there was', () => {
  const { watch: leadership, lines } = watch()
  leadership.onStatus('node-1', leading('node-1', 3), 0)
  leadership.onFault(killed('node-1', 1000))
  leadership.onStatus('node-2', statusOf(), 40_000)
  expect(lines().at(-1)).toBe('node-1 killed; no block after 39 s')
  expect(leadership.isFailingOver).toBe(false)
  expect(leadership.failovers).toEqual([])
})

test('the next leader killed before it made a block: both faults have their line', () => {
  const { watch: leadership, lines } = watch()
  leadership.onStatus('node-1', leading('node-1', 3), 0)
  leadership.onFault(killed('node-1', 1000))
  leadership.onStatus('node-2', leading('node-2', 4), 1100)
  leadership.onFault(killed('node-2', 1200))
  leadership.onStatus('node-0', leading('node-0', 5), 1300)
  expect(lines().slice(1)).toEqual([
    'node-1 killed; node-2 leads after 100 ms',
    'node-2 killed; node-0 leads after 100 ms; …',
  ])
})

import { expect, test } from 'vitest'
import { Audit } from '../../../src/devnet/audit/audit.ts'
import { EventLog } from '../../../src/devnet/audit/events.ts'
import { watchNode } from '../../../src/devnet/audit/watch-node.ts'
import type { NodeClient } from '../../../src/devnet/client/node-client.ts'
import type { StatusDocument } from '../../../src/rpc/node-view.ts'
import { blockOf, statusOf } from '../support/documents.ts'
import { ManualClock } from '../support/manual-clock.ts'

function setUp(): { audit: Audit; clock: ManualClock; stop: AbortController } {
  const clock = new ManualClock()
  const events = new EventLog(() => clock.wallNow())
  const audit = new Audit({ events, trailingLogs: 15, isOurTransaction: () => true })
  return { audit, clock, stop: new AbortController() }
}

function client(status: () => StatusDocument, asked: number[] = []): NodeClient {
  return {
    status: async () => status(),
    block: async (height) => {
      asked.push(height)
      return blockOf(height)
    },
    submit: async () => ({ kind: 'acknowledged' }),
  }
}

test('blocks made since the devnet started are walked once, in order, as they come', async () => {
  const { audit, clock, stop } = setUp()
  const asked: number[] = []
  let height = 40
  const watching = watchNode(
    'node-1',
    client(() => statusOf({ height }), asked),
    audit,
    clock,
    stop.signal,
  )
  await clock.advance(0)
  height = 42
  await clock.advance(100)
  height = 43
  await clock.advance(200)
  expect(asked).toEqual([41, 42, 43])
  expect(audit.scoreboard(clock.now())).toMatchObject({ blocks: 3, signatures: 3 })
  stop.abort()
  await watching
})

test('a node that does not answer is unknown, not as it was', async () => {
  const { audit, clock, stop } = setUp()
  let isUp = true
  const status = (): StatusDocument => {
    if (!isUp) throw new Error('ECONNREFUSED')
    return statusOf({ height: 3 })
  }
  const watching = watchNode('node-1', client(status), audit, clock, stop.signal)
  await clock.advance(0)
  expect(audit.view.fresh('node-1', clock.now())?.height).toBe(3)
  isUp = false
  await clock.advance(100)
  expect(audit.view.fresh('node-1', clock.now())).toBeUndefined()
  expect(audit.view.whySilent('node-1')).toBe('ECONNREFUSED')
  stop.abort()
  await watching
})

test("another program at a node's port is not the node", async () => {
  const { audit, clock, stop } = setUp()
  const watching = watchNode(
    'node-2',
    client(() => statusOf({ node_id: 'node-1' })),
    audit,
    clock,
    stop.signal,
  )
  await clock.advance(0)
  expect(audit.view.whySilent('node-2')).toBe('node-1 answers at the port of node-2')
  stop.abort()
  await watching
})

test('during a failover the nodes are asked more often', async () => {
  const { audit, clock, stop } = setUp()
  let asks = 0
  const status = (): StatusDocument => {
    asks += 1
    return statusOf({ node_id: 'node-0', role: 'leader' })
  }
  const watching = watchNode('node-0', client(status), audit, clock, stop.signal)
  await clock.advance(1000)
  const calm = asks
  audit.onFault({ id: 'node-0', what: 'killed', at: clock.now(), wallMs: clock.wallNow() })
  await clock.advance(1000)
  expect(asks - calm).toBeGreaterThan(3 * calm)
  stop.abort()
  await watching
})

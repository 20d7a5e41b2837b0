import { expect, test } from 'vitest'
import { renderFrame } from '../../../src/devnet/screen/frame.ts'
import { plainStyle } from '../../../src/devnet/screen/style.ts'
import { summaryLine } from '../../../src/devnet/screen/summary-line.ts'
import type { DevnetView } from '../../../src/devnet/screen/view.ts'
import { event, rowOf, silentRow, viewOf } from './view.ts'

function picture(view: DevnetView, size = { columns: 100, rows: 30 }): string {
  return `\n${renderFrame(view, size, plainStyle).join('\n')}\n`
}

test('a healthy devnet', () => {
  expect(picture(viewOf())).toMatchInlineSnapshot(`
    "
    HEALTHY  devnet: node-2 leads in term 4, block 57; survives 1 more failure

    node    role      term  height  tip       lag  peers
    node-0  follower     4      57  a1b2c3d4    0      2
    node-1  follower     4      56  a1b2c3d4    1      2
    node-2  leader       4      57  a1b2c3d4    0      2

    12:00:01  node-1 leads in term 3
    12:00:12  node-1 killed; node-2 leads after 84 ms; block 57 after 0.6 s

    failovers 1 (slowest: leader 84 ms, block 0.6 s)   leader changes 1   longest gap 1.6 s
    transactions 118 acknowledged, 117 found once, 1 on their way
    blocks 57   signatures 57   doubles 0
    http://127.0.0.1:7331/   logs in .devnet/logs
    k kill the leader   p pause it 10 s   a keep a node away   t send a transaction   q quit
    "
  `)
})

test('a dead node, one that fetches history, and an alarm', () => {
  const progress = { from: 12, to: 45, done: 7, share: 7 / 34, blocksPerS: 220, stuckReason: '' }
  const view = viewOf({
    health: { word: 'UNSAFE', explanation: 'something happened that never may; see the events' },
    overdueMs: 4200,
    rows: [
      rowOf('node-0', { role: 'leader' }),
      silentRow('node-1', 'down', 'back in 2.1 s'),
      rowOf('node-2', { height: 18, lag: 39, note: 'fetches history' }),
    ],
    bars: [{ id: 'node-2', progress }],
    events: [event(7, 'TWO HASHES at height 9: 1111111111111111 and, on node-2, 2222222222222222', true)],
    scoreboard: { ...viewOf().scoreboard, doubles: 1, brokenLinks: 2, failovers: 0, waiting: 0 },
  })
  expect(picture(view)).toMatchInlineSnapshot(`
    "
    UNSAFE  devnet: node-2 leads in term 4, block 57, 4.2 s old; something happened that never may; see 

    node    role      term  height  tip       lag  peers
    node-0  leader       4      57  a1b2c3d4    0      2
    node-1  down         -       -  -           -      -  back in 2.1 s
    node-2  follower     4      18  a1b2c3d4   39      2  fetches history

    node-2 fetches blocks 12 to 45 [######------------------------]  20 %  220 blocks/s
    12:00:07  TWO HASHES at height 9: 1111111111111111 and, on node-2, 2222222222222222

    failovers 0   leader changes 1   longest gap 1.6 s
    transactions 118 acknowledged, 117 found once
    blocks 57   signatures 57   doubles 1   broken links 2
    http://127.0.0.1:7331/   logs in .devnet/logs
    k kill the leader   p pause it 10 s   a keep a node away   t send a transaction   q quit
    "
  `)
})

test('a backfill that waits says why', () => {
  const progress = { from: 12, to: 45, done: 0, share: 0, blocksPerS: 0, stuckReason: 'no peer answers' }
  const lines = renderFrame(viewOf({ bars: [{ id: 'node-2', progress }] }), { columns: 100, rows: 30 }, plainStyle)
  expect(lines).toContain(
    'node-2 fetches blocks 12 to 45 [------------------------------]   0 %  waits: no peer answers',
  )
})

test('a small terminal shows the newest events, and no line is too long for it', () => {
  const events = Array.from({ length: 12 }, (_, i) => event(i, `event ${i}, which has a text that is quite long`))
  const lines = renderFrame(viewOf({ events }), { columns: 40, rows: 16 }, plainStyle)
  expect(lines.length).toBeLessThan(16)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40)
  expect(lines.filter((line) => line.includes('event'))).toEqual([
    '12:00:10  event 10, which has a text tha',
    '12:00:11  event 11, which has a text tha',
  ])
})

test('the tour shows its step instead of the keys', () => {
  expect(picture(viewOf({ step: '3 of 6, kill -9 the leader' }))).toContain('\ntour: 3 of 6, kill -9 the leader\n')
})

test('one line says it all', () => {
  expect(summaryLine(viewOf())).toMatchInlineSnapshot(
    `"block 57 a1b2c3d4; node-2 leads in term 4; 3 of 3 nodes answer; 118 transactions acknowledged, 117 found once; longest gap 1.6 s; doubles 0"`,
  )
})

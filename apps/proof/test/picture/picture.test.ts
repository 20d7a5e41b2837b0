import { expect, test } from 'vitest'
import { terminalSvg } from '../../src/picture/terminal-svg.ts'
import { tourLines } from '../../src/picture/tour-lines.ts'

const output = `make homes         1.5 s
first block        2.3 s
12:00:00  the status page is at http://127.0.0.1:7331/, the logs are in .devnet/logs
12:00:01  tour: 1 of 2, kill -9 the leader
12:00:01  node-1 killed; node-2 leads after 84 ms; block 57 after 0.6 s
12:00:05  block 61 0430d134; node-2 leads in term 2; 3 of 3 nodes answer
12:00:06  tour: 2 of 2, snapshot and backfill
12:00:06  tour: 2 of 2, snapshot and backfill: node-0 fetches blocks 3 to 9 [####----]  50 %  100 blocks/s
12:00:07  tour: 2 of 2, snapshot and backfill: node-0 fetches blocks 3 to 9 [########] 100 %  120 blocks/s

  passed  kill -9 the leader      4.5 s  <all> & well
`

test('the picture shows events, bars at their end and the report, and leaves out what only goes on', () => {
  expect(tourLines(output)).toEqual([
    'make homes         1.5 s',
    'first block        2.3 s',
    '12:00:01  node-1 killed; node-2 leads after 84 ms; block 57 after 0.6 s',
    '12:00:07  tour: 2 of 2, snapshot and backfill: node-0 fetches blocks 3 to 9 [########] 100 %  120 blocks/s',
    '',
    '  passed  kill -9 the leader      4.5 s  <all> & well',
  ])
})

test('what a terminal shows stays text in the picture, whatever it holds', () => {
  const svg = terminalSvg('the tour', tourLines(output))
  expect(svg).toContain('&lt;all&gt; &amp; well</text>')
  expect(svg).toContain('<title>the tour</title>')
  expect(svg.match(/<text /g)).toHaveLength(6)
})

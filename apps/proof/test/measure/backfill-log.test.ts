import { expect, test } from 'vitest'
import { readBackfillLog } from '../../src/measure/backfill-log.ts'

const step = (time: string, kind: string, from: number, to: number): string =>
  `[${time}] INFO: backfill begins a step\n    kind: "${kind}"\n    from: ${from}\n    to: ${to}\n`

test('heights are counted once, and only the time of work', () => {
  const log = [
    '[10:00:00.000] INFO: history is served\n',
    step('10:00:01.000', 'headers', 12, 205),
    step('10:00:01.100', 'data', 12, 205),
    step('10:00:01.200', 'data', 200, 210),
    '[10:00:01.500] INFO: backfill is complete\n    contiguous: 210\n',
    '[10:00:59.999] INFO: a snapshot was taken\n    index: 261\n',
    step('10:59:59.900', 'data', 211, 212),
    '[11:00:00.000] INFO: backfill is complete\n    contiguous: 212\n',
  ].join('')
  expect(readBackfillLog(log)).toEqual({ blocks: 201, tookMs: 600 })
})

test('a log without a backfill', () => {
  expect(readBackfillLog('[10:00:00.000] INFO: the node has stopped\n')).toEqual({ blocks: 0, tookMs: 1 })
})

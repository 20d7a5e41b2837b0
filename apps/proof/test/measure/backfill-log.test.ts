import { expect, test } from 'vitest'
import { backfillMsIn } from '../../src/measure/backfill-log.ts'

const step = (time: string): string =>
  `[${time}] INFO: backfill begins a step\n    kind: "data"\n    from: 1\n    to: 2\n`

test('only the time of work counts', () => {
  const log = [
    '[10:00:00.000] INFO: history is served\n',
    step('10:00:01.000'),
    step('10:00:01.100'),
    '[10:00:01.500] INFO: backfill is complete\n    contiguous: 210\n',
    '[10:00:59.999] INFO: a snapshot was taken\n    index: 261\n',
    step('10:59:59.900'),
    '[11:00:00.000] INFO: backfill is complete\n    contiguous: 212\n',
  ].join('')
  expect(backfillMsIn(log)).toBe(600)
  expect(backfillMsIn('[10:00:00.000] INFO: the node has stopped\n')).toBe(1)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readOptions } from '../../src/command/options.ts'
import { appendTelling, readTellings, type Telling } from '../../src/command/record.ts'
import { summarize } from '../../src/command/summary.ts'
import type { Figures } from '../../src/stories/story.ts'

const telling: Telling = {
  date: '2026-01-31T12:00:00.000Z',
  commit: 'abc',
  isChanged: false,
  node: 'v20.19.0',
  scale: 'full',
  story: 2,
  passed: true,
  seconds: 10,
  scenes: [],
}

function measured(figures: Figures): Pick<Telling, 'scenes'> {
  return { scenes: [{ scene: 'a scene', figures }] }
}

test('what is appended is read back, and no log is an empty one', () => {
  const directory = mkdtempSync(join(tmpdir(), 'proof-log-'))
  const file = join(directory, 'new', 'log.jsonl')
  expect(readTellings(file)).toEqual([])
  appendTelling(file, telling)
  appendTelling(file, { ...telling, story: 3 })
  expect(readTellings(file)).toEqual([telling, { ...telling, story: 3 }])
  rmSync(directory, { recursive: true })
})

test('a summary is of one commit on one Node version, with medians over all runs', () => {
  const tellings: Telling[] = [
    { ...telling, seconds: 10, ...measured({ gap_ms: [10, 30], blocks: 7 }) },
    { ...telling, seconds: 12, passed: false, ...measured({ gap_ms: [20], blocks: 7 }) },
    { ...telling, seconds: 14 },
    { ...telling, scale: 'short', story: 1, seconds: 1 },
    { ...telling, commit: 'other', seconds: 99 },
    { ...telling, node: 'v22.0.0', seconds: 99 },
  ]
  expect(summarize(tellings, 'abc', 'v20.19.0')).toEqual([
    'commit abc, Node v20.19.0',
    'short story 1: 1 runs, 0 failures, 1 s',
    'full story 2: 3 runs, 1 failures, 12 s',
    '  gap_ms 20, at most 30 (3)',
    '  blocks 7',
  ])
})

test('a summary says when the commit is not the whole truth, and when there is nothing', () => {
  expect(summarize([{ ...telling, isChanged: true }], 'abc', 'v20.19.0')[0]).toContain('1 of 1 runs with changes')
  expect(summarize([telling], 'abc', 'v24.0.0')).toEqual(['the log says nothing of commit abc on Node v24.0.0'])
})

test('the command line: short and once unless it says otherwise', () => {
  expect(readOptions([])).toEqual({ scale: 'short', times: 1, story: undefined, summary: false })
  expect(readOptions(['--full', '--times', '20', '--story', '2'])).toEqual({
    scale: 'full',
    times: 20,
    story: 2,
    summary: false,
  })
})

import { RaftError } from 'raft-core'
import { expect, test } from 'vitest'
import { errorLines, errorStack } from '../../src/cli/describe-error.ts'
import { AggregatorError } from '../../src/errors.ts'
import { SeveralErrors } from '../../src/start-up/several-errors.ts'
import { StartRefusedError } from '../../src/start-up/start-refused-error.ts'

const refused = new StartRefusedError([
  { kind: 'refusal', code: 'FORKED', message: 'two hashes', runbook: 'two-blocks-at-one-height' },
  { kind: 'refusal', code: 'OTHER_CLUSTER', message: 'another cluster', runbook: 'other-chain-or-cluster' },
])

test('each thing that is wrong has a line with its page, whatever it is wrapped in', () => {
  const unusable = new AggregatorError('HOME_UNUSABLE', 'no genesis')
  expect(errorLines(new SeveralErrors('HOME_UNUSABLE', [unusable, refused, new Error('odd\nthing')]))).toEqual([
    'no genesis (docs/runbooks/home-and-keys.md)',
    'two hashes (docs/runbooks/two-blocks-at-one-height.md)',
    'another cluster (docs/runbooks/other-chain-or-cluster.md)',
    'odd\\u{a}thing',
  ])
  const wrapped = new RaftError('STORAGE_FAILED', 'opening the log failed', { cause: refused })
  expect(errorLines(wrapped)).toEqual(errorLines(refused))
  expect(errorLines('thrown text')).toEqual(['thrown text'])
})

test('what raft-core was doing and why it did not work are one line', () => {
  const cause = Object.assign(new Error('/raft/log is held by process 7; stop it'), { code: 'DIRECTORY_LOCKED' })
  expect(errorLines(new RaftError('STORAGE_FAILED', 'opening the log failed', { cause }))).toEqual([
    'opening the log failed: /raft/log is held by process 7; stop it (docs/runbooks/in-use.md)',
  ])
  expect(errorLines(new RaftError('FSM_FAILED', 'restoring failed', { cause: new Error('cut off') }))).toEqual([
    'restoring failed: cut off (docs/runbooks/damaged-data.md)',
  ])
})

test('stacks name every error and what caused it', () => {
  const inner = new Error('inner')
  const stack = errorStack(
    new SeveralErrors('HOME_UNUSABLE', [new Error('outer', { cause: inner }), new Error('second')]),
  )
  expect(stack).toMatch(/Error: outer\n +at [^]*caused by Error: inner\n +at [^]*Error: second\n +at /)
})

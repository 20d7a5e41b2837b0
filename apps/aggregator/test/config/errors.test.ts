import { expect, test } from 'vitest'
import { ConfigInvalidError } from '../../src/config/index.ts'
import { AggregatorError, exitCodeOf } from '../../src/errors.ts'

test('a wrong command line or configuration ends with 2, everything else with 1', () => {
  expect(exitCodeOf(new AggregatorError('USAGE', 'no such command'))).toBe(2)
  expect(exitCodeOf(new ConfigInvalidError([]))).toBe(2)
  expect(exitCodeOf(new Error('disk full'))).toBe(1)
  expect(exitCodeOf('thrown text')).toBe(1)
})

test('an invalid configuration carries all its errors, and their lines as its message', () => {
  const errors = [
    { key: 'raft.peers', source: 'default', problem: 'is missing; list them' },
    { key: 'home', source: '--home', problem: 'is empty; write a path' },
  ]
  const error = new ConfigInvalidError(errors)
  expect(error.code).toBe('CONFIG_INVALID')
  expect(error.errors).toEqual(errors)
  expect(error.message.split('\n')).toEqual([
    'raft.peers (default): is missing; list them',
    'home (--home): is empty; write a path',
  ])
})

import { type Configuration, initialHardState, type Server } from 'raft-core'
import { expect, test } from 'vitest'
import { completeOptions } from '../../src/driver/options.ts'
import type { Effect } from '../../src/step/effect.ts'
import { newState } from '../../src/step/new-state.ts'
import type { RaftState } from '../../src/step/state.ts'
import { step } from '../../src/step/step.ts'

const server = (id: string, more: Partial<Server> = {}): Server => ({
  id,
  incarnation: id
    .charCodeAt(id.length - 1)
    .toString(16)
    .repeat(16),
  address: `${id}:1`,
  suffrage: 'voter',
  ...more,
})

/** A leader of one whose opening is committed. */
function leaderOfOne(): RaftState {
  const formation = {
    chainId: 'c',
    genesisHash: '00',
    peers: [{ id: 'n1', address: 'n1:1' }],
    bootstrap: true,
    isEmpty: true,
  }
  const options = { id: 'n1', address: 'n1:1', formation } as unknown as Parameters<typeof completeOptions>[0]
  const { settings } = completeOptions(options)
  const log = { hardState: initialHardState, base: { index: 0, term: 0 }, lastIndex: 0, terms: [], damaged: undefined }
  const configurations = [{ index: 0, configuration: { servers: [server('n1')], outgoing: [] } }]
  const self = { id: 'n1', incarnation: server('n1').incarnation }
  const state = newState(
    { settings, self, clusterId: '', log, snapshot: { index: 0, term: 0 }, configurations, seed: 1 },
    0,
  )
  step(state, 1, { kind: 'time', stalledMs: 0 })
  for (let write = 1; write < 4; write++) step(state, 2, { kind: 'durable', write })
  expect([state.role.kind, state.commit]).toEqual(['leader', 1])
  return state
}

function change(state: RaftState, configuration: Configuration): string | undefined {
  const effects: readonly Effect[] = step(state, 3, {
    kind: 'changeConfiguration',
    request: 1,
    configuration,
    expectedIndex: undefined,
  })
  return effects.flatMap((effect) => (effect.kind === 'answered' ? [effect.error?.code] : []))[0]
}

test.each<[string, Server]>([
  ['an empty incarnation', server('n2', { incarnation: '' })],
  ['an incarnation that is no hex', server('n2', { incarnation: 'xyz' })],
  ['an empty id', server('n2', { id: '' })],
  ['half a character in an id', server('n2', { id: 'n\ud800' })],
  ['an empty address', server('n2', { address: '' })],
  ['an unknown suffrage', server('n2', { suffrage: 'witness' as 'voter' })],
  ['the address of another server', server('n2', { address: 'n1:1' })],
  ['the id of another server', server('n1', { address: 'n2:1' })],
])('a configuration with %s is refused, and the leader goes on', (_name, wrong) => {
  const state = leaderOfOne()
  expect(change(state, { servers: [server('n1'), wrong], outgoing: [] })).toBe('CONFIGURATION_INVALID')
  expect(state.role.kind).toBe('leader')
})

test('no voter at all, and a joint configuration from outside, are refused; another voter is taken', () => {
  expect(change(leaderOfOne(), { servers: [server('n1')], outgoing: [server('n1')] })).toBe('CONFIGURATION_INVALID')
  expect(change(leaderOfOne(), { servers: [server('n1', { suffrage: 'nonVoter' })], outgoing: [] })).toBe(
    'CONFIGURATION_INVALID',
  )
  expect(change(leaderOfOne(), { servers: [server('n1'), server('n2')], outgoing: [] })).toBeUndefined()
})

test('one change at a time', () => {
  const state = leaderOfOne()
  change(state, { servers: [server('n1'), server('n2')], outgoing: [] })
  expect(change(state, { servers: [server('n1')], outgoing: [] })).toBe('CONFIGURATION_IN_PROGRESS')
})

test('a change that was decided on another configuration is refused, on an older one too', () => {
  const ask = (state: RaftState, expectedIndex: number, id: string): string | undefined => {
    const configuration = { servers: [server('n1'), server(id, { suffrage: 'nonVoter' })], outgoing: [] }
    const effects = step(state, 3, { kind: 'changeConfiguration', request: 1, configuration, expectedIndex })
    return effects.flatMap((effect) => (effect.kind === 'answered' ? [effect.error?.code] : []))[0]
  }
  const state = leaderOfOne()
  expect(ask(state, 1, 'n2')).toBe('CONFIGURATION_CHANGED')
  expect(ask(state, 0, 'n2')).toBeUndefined()
  step(state, 4, { kind: 'durable', write: 9 })
  expect(state.commit).toBe(2)
  expect(ask(state, 0, 'n3')).toBe('CONFIGURATION_CHANGED')
  expect(ask(state, 2, 'n3')).toBeUndefined()
})

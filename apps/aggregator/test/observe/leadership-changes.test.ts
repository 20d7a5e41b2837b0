import type { NodeEvent, RoleChangeCause } from 'raft-core'
import { describe, expect, test } from 'vitest'
import { LeadershipChanges } from '../../src/observe/metrics/leadership-changes.ts'

type Role = Extract<NodeEvent, { kind: 'roleChanged' }>['role']

function role(to: Role, cause: RoleChangeCause, term = 1): NodeEvent {
  return { kind: 'roleChanged', role: to, term, cause }
}

function leader(id: string | undefined, term: number): NodeEvent {
  return { kind: 'leaderChanged', leader: id === undefined ? undefined : { id, incarnation: '00' }, term }
}

/** What the events count, in order. */
function causes(...events: readonly NodeEvent[]): readonly string[] {
  const changes = new LeadershipChanges()
  return events.flatMap((event) => changes.take(event) ?? [])
}

describe('a leadership is counted when it becomes known, with the reason why the one before ended', () => {
  test('the first one is a start, whoever wins it', () => {
    expect(causes(role('preCandidate', 'heartbeatTimeout'), leader('a', 1))).toEqual(['started'])
    expect(causes(leader('b', 7))).toEqual(['started'])
  })

  test('this member gave the leader up, and won', () => {
    const won = [role('candidate', 'electionWon', 2), role('leader', 'electionWon', 2), leader('me', 2)]
    expect(causes(leader('b', 1), leader(undefined, 1), role('preCandidate', 'leaderSuspected'), ...won)).toEqual([
      'started',
      'leaderSuspected',
    ])
  })

  test('this member gave the leader up, and another was faster', () => {
    const lost = [role('follower', 'electionLost', 2), role('follower', 'higherTerm', 3), leader('c', 3)]
    expect(causes(leader('b', 1), role('preCandidate', 'heartbeatTimeout'), ...lost)).toEqual([
      'started',
      'heartbeatTimeout',
    ])
  })

  test('an election that takes several rounds keeps the reason why it began', () => {
    const rounds = [
      role('preCandidate', 'leaderSuspected'),
      role('candidate', 'electionWon', 2),
      role('preCandidate', 'electionLost', 2),
      role('candidate', 'electionWon', 3),
      role('leader', 'electionWon', 3),
    ]
    expect(causes(leader('b', 1), ...rounds, leader('me', 3))).toEqual(['started', 'leaderSuspected'])
  })

  test('the leader asked this member to take over', () => {
    const moved = [role('candidate', 'transfer', 2), role('leader', 'electionWon', 2), leader('me', 2)]
    expect(causes(leader('b', 1), ...moved)).toEqual(['started', 'transfer'])
  })

  test('this member led, and lost its lease, its place or its term', () => {
    for (const cause of ['leaseLost', 'removed', 'higherTerm'] as const) {
      const events = [role('leader', 'electionWon'), leader('me', 1), role('follower', cause), leader(undefined, 1)]
      expect(causes(...events, leader('b', 2))).toEqual(['started', cause])
    }
  })

  test('a member that noticed nothing was overtaken', () => {
    expect(causes(leader('b', 1), leader(undefined, 2), leader('c', 2))).toEqual(['started', 'higherTerm'])
  })
})

test('a leader that was doubted and is heard again is no change', () => {
  const doubted = [leader(undefined, 1), role('preCandidate', 'heartbeatTimeout'), role('follower', 'leaderFound')]
  expect(causes(leader('b', 1), ...doubted, leader('b', 1), leader(undefined, 2), leader('c', 2))).toEqual([
    'started',
    'higherTerm',
  ])
})

import { expect, test } from 'vitest'
import { PendingRequests } from '../../src/driver/pending-requests.ts'

function pendings(): {
  readonly requests: PendingRequests<string>
  readonly outcomes: Map<string, string>
  readonly add: (name: string, index: number, term: number) => void
} {
  const requests = new PendingRequests<string>()
  const outcomes = new Map<string, string>()
  return {
    requests,
    outcomes,
    add: (name, index, term) => {
      const id = requests.add((error, applied) => {
        outcomes.set(name, applied ? `${applied.verdict}` : ((error as { code?: string }).code ?? ''))
      })
      requests.place(id, index, term)
    },
  }
}

test('the entry decides: its own verdict, or superseded by one of another term', () => {
  const { requests, outcomes, add } = pendings()
  add('mine', 5, 2)
  add('lost', 6, 2)
  requests.applied(5, 2, 'yes')
  requests.applied(6, 3, 'other')
  expect(Object.fromEntries(outcomes)).toEqual({ mine: 'yes', lost: 'SUPERSEDED' })
})

test('the opening of a later term decides everything of earlier terms behind it', () => {
  const { requests, outcomes, add } = pendings()
  add('before', 4, 2)
  add('behind', 9, 2)
  add('newer', 9, 3)
  requests.termApplied(5, 3)
  expect(Object.fromEntries(outcomes)).toEqual({ behind: 'SUPERSEDED' })
})

test('a snapshot leaves the outcome of what it covers unknown, and decides older terms behind it', () => {
  const { requests, outcomes, add } = pendings()
  add('covered', 50, 3)
  add('behind', 60, 3)
  add('newer', 60, 9)
  requests.skipped(55, 9)
  expect(Object.fromEntries(outcomes)).toEqual({ covered: 'UNKNOWN_OUTCOME', behind: 'SUPERSEDED' })
})

test('stopping tells what may have happened from what did not', () => {
  const { requests, outcomes, add } = pendings()
  add('placed', 5, 2)
  requests.add((error) => outcomes.set('asked', (error as { code?: string }).code ?? ''))
  requests.stop()
  expect(Object.fromEntries(outcomes)).toEqual({ placed: 'UNKNOWN_OUTCOME', asked: 'STOPPED' })
})

test('what changed the log and ends with a later entry is unknown when the node stops before that', () => {
  const requests = new PendingRequests<string>()
  const codes: (string | undefined)[] = []
  const ask = (): number => requests.add((error) => codes.push((error as { code?: string } | undefined)?.code))
  const [begun, ended] = [ask(), ask()]
  for (const id of [begun, ended]) requests.begin(id, 4, 2)
  requests.place(ended, 5, 2)
  requests.applied(4, 2, undefined)
  expect(codes).toEqual([])
  requests.applied(5, 2, undefined)
  requests.stop()
  expect(codes).toEqual([undefined, 'UNKNOWN_OUTCOME'])
})

import { expect, test } from 'vitest'
import type { Proposal } from '../../src/step/input.ts'
import { SteppedNode } from '../support/stepped-node.ts'

const propose = (node: SteppedNode, request: number, more: Partial<Proposal> = {}): string | undefined => {
  node.input({
    kind: 'propose',
    proposals: [{ request, type: 'command', payload: new Uint8Array(10), term: undefined, ...more }],
  })
  const [placed] = node.asked('proposed')
  return placed ? `${placed.index}@${placed.term}` : node.answers.get(request)
}

test('a proposal is appended, and its place is told', () => {
  const node = new SteppedNode().lead('n2')
  expect(propose(node, 1)).toBe('2@1')
  expect(node.writes.at(-1)).toMatchObject({ entries: [{ index: 2, term: 1, type: 'command' }] })
})

test('only a leader takes proposals, and others name it', () => {
  expect(propose(new SteppedNode().heartbeat('n2', 3), 1)).toBe('NOT_LEADER')
})

test('a proposal for another term is refused, earlier or later', () => {
  const node = new SteppedNode({ hardState: { term: 4 } }).lead('n2')
  expect(propose(node, 1, { term: 4 })).toBe('STALE_TERM')
  expect(propose(node, 2, { term: 6 })).toBe('STALE_TERM')
  expect(propose(node, 3, { term: 5 })).toBe('2@5')
})

test('an entry has a limit', () => {
  const node = new SteppedNode({ limits: { entryBytes: 10 } }).lead('n2')
  expect(propose(node, 1, { payload: new Uint8Array(11) })).toBe('ENTRY_TOO_LARGE')
  expect(propose(node, 2)).toBe('2@1')
})

test('what is not committed has a limit, and a commit makes room for as much again', () => {
  const node = new SteppedNode({ limits: { uncommittedBytes: 150 } }).lead('n2').acknowledge('n2', 1)
  const fill = (): number => {
    let taken = 0
    while (taken < 100 && propose(node, 1)?.includes('@')) taken += 1
    return taken
  }
  const room = fill()
  expect(room).toBeGreaterThan(2)
  expect(room).toBeLessThan(16)
  expect(node.answers.get(1)).toBe('OVERLOADED')
  for (let times = 0; times < 5; times++) {
    node.durable().acknowledge('n2', node.state.log.lastIndex)
    expect(fill()).toBe(room)
  }
})

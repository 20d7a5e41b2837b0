import type { AppendResponse, Entry, Progress } from 'raft-core'
import { expect, test } from 'vitest'
import { configurationOf, entries, member, server, SteppedNode } from '../support/stepped-node.ts'

const propose = (node: SteppedNode, count = 1, bytes = 3): SteppedNode => {
  const proposals = Array.from({ length: count }, (_, i) => ({
    request: 100 + i,
    type: 'command' as const,
    payload: new Uint8Array(bytes),
    term: undefined,
  }))
  return node.input({ kind: 'propose', proposals })
}

const indexes = (list: readonly Entry[]): readonly number[] => list.map(({ index }) => index)

const peer = (node: SteppedNode, id: string): Progress | undefined =>
  node.state.role.kind === 'leader' ? node.state.role.peers.get(id) : undefined

const refuse = (node: SteppedNode, from: string, more: Partial<AppendResponse>): SteppedNode => {
  const { term } = node.state
  const rest = { previousIndex: 0, conflictTerm: 0, conflictIndex: 0, ...more }
  return node.receive(from, {
    kind: 'appendResponse',
    term,
    round: 0,
    accepted: false,
    acceptedIndex: 0,
    durableIndex: 0,
    ...rest,
  })
}

/**
 * Lets a leader, whose log held these terms when it was elected, bring a follower to its end; how often that refused, and behind
 * which index the leader began at the lowest.
 */
function catchUp(
  leader: SteppedNode,
  log: readonly number[],
  follower: SteppedNode,
): { readonly refusals: number; readonly lowest: number } {
  let refusals = 0
  let lowest = log.length
  for (let turn = 0; turn < 100 && follower.terms.at(-1) !== leader.state.term; turn++) {
    for (const { from, end } of leader.asked('readEntries')) {
      const read = entries(from, ...log.slice(from - 1, end - 1))
      leader.input({ kind: 'entriesRead', to: 'n2', term: leader.state.term, entries: read })
    }
    for (const { to, ...append } of leader.sent('appendRequest')) {
      if (to !== 'n2') continue
      lowest = Math.min(lowest, append.previousIndex)
      follower.receive('n1', append)
    }
    for (const { to: _, ...answer } of follower.durable().sent('appendResponse')) {
      if (!answer.accepted) refusals += 1
      leader.receive('n2', answer)
    }
  }
  expect(follower.terms).toEqual([...log, leader.state.term])
  return { refusals, lowest }
}

test('the first append probes with the opening; what follows goes without waiting', () => {
  const node = new SteppedNode({ log: [1, 1] }).lead('n2')
  expect(node.sent('appendRequest')).toMatchObject([
    { to: 'n2', previousIndex: 2, previousTerm: 1, entries: [{ index: 3, type: 'opening' }] },
    { to: 'n3', previousIndex: 2, previousTerm: 1, entries: [{ index: 3, type: 'opening' }] },
  ])
  propose(node)
  expect(node.sent('appendRequest')).toEqual([])
  node.acknowledge('n2', 3)
  propose(node)
  expect(node.sent('appendRequest').map(({ to, entries: sent }) => [to, indexes(sent)])).toEqual([
    ['n2', [4]],
    ['n2', [5]],
  ])
})

test('a probe that nobody answers is sent again, not at every beat', () => {
  const node = new SteppedNode().lead('n2')
  node.sent('appendRequest')
  node.wait(17)
  expect(node.sent('appendRequest')).toEqual([])
  node.wait(32)
  expect(node.sent('appendRequest').map(({ to }) => to)).toEqual(['n2', 'n3'])
})

test('appends in flight are bounded by number and by bytes, and flow again when the disk there is done', () => {
  const few = new SteppedNode({ limits: { inflightMessages: 2, appendBytes: 1 } }).lead('n2')
  propose(few.acknowledge('n2', 1), 4)
  few.sent('heartbeat')
  expect(
    few
      .sent('appendRequest')
      .filter(({ to }) => to === 'n2')
      .slice(1),
  ).toHaveLength(2)
  few.acknowledge('n2', 2)
  expect(few.sent('appendRequest').map(({ entries: sent }) => indexes(sent))).toEqual([[4]])
  const light = new SteppedNode({ limits: { inflightBytes: 30, appendBytes: 1 } }).lead('n2')
  propose(light.acknowledge('n2', 1), 9, 20)
  expect(
    light
      .sent('appendRequest')
      .filter(({ to }) => to === 'n2')
      .slice(1),
  ).toHaveLength(1)
})

test('what a follower accepted but does not have on disk counts for nothing', () => {
  const node = new SteppedNode().lead('n2')
  const { term } = node.state
  const answer = { round: 0, accepted: true, acceptedIndex: 1, durableIndex: 0, previousIndex: 0 }
  node.receive('n2', { kind: 'appendResponse', term, ...answer, conflictTerm: 0, conflictIndex: 0 })
  expect(node.state.commit).toBe(0)
  expect(node.acknowledge('n2', 1).state.commit).toBe(1)
})

test('an acknowledgement never takes back another', () => {
  const node = propose(
    new SteppedNode({ configuration: configurationOf('n1', 'n2', 'n3', 'n4', 'n5') }).lead('n2', 'n3'),
  )
  node.durable().acknowledge('n2', 2).acknowledge('n2', 1).acknowledge('n3', 2)
  expect(node.state.commit).toBe(2)
})

test('answers of an old term, a lost directory or a stranger count for nothing', () => {
  const node = new SteppedNode({ hardState: { term: 4 } }).lead('n2')
  node.acknowledge('n2', 1, { term: 4 }).acknowledge(member('n2', 1), 1).acknowledge('n7', 1)
  node.beat(member('n2', 1), 1, { accepted: 1, durable: 1 })
  expect([node.role, node.state.commit]).toEqual(['leader', 0])
})

test('an answer with a later term ends the leadership', () => {
  const node = new SteppedNode().lead('n2').acknowledge('n2', 0, { term: 7 })
  expect([node.role, node.state.term]).toEqual(['follower', 7])
  expect(node.writes).toMatchObject([{ hardState: { term: 7 } }])
})

test('a refusal is no acknowledgement', () => {
  const node = new SteppedNode().lead('n2')
  refuse(node, 'n2', { previousIndex: 0, acceptedIndex: 1, durableIndex: 1 })
  expect(node.state.commit).toBe(0)
})

const repeated = (count: number, term: number): readonly number[] => Array.from({ length: count }, () => term)

test.each<[string, readonly number[], readonly number[]]>([
  ['a follower that lacks much', repeated(8, 1), [1, 1]],
  ['a follower that has nothing', repeated(8, 1), []],
  ['a tail of a later term beside entries of an earlier one', repeated(8, 1), [1, 1, ...repeated(30, 2)]],
  ['a tail beyond a term that both have', [1, 1, 2, 2, 3, 3, 3, 3, 3], [1, 1, ...repeated(10, 2)]],
  ['a tail of an earlier term', [1, ...repeated(9, 4)], [1, ...repeated(12, 2)]],
  ['a tail of several terms', [1, ...repeated(9, 5)], [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4]],
])('%s is met after one refusal, however long it is', (_name, log, theirs) => {
  const leader = new SteppedNode({ log, hardState: { term: 6 } }).lead('n3')
  expect(catchUp(leader, log, new SteppedNode({ id: 'n2', log: theirs, hardState: { term: 6 } })).refusals).toBe(1)
})

/** All ways in which terms may stand along a log of this length. */
function logsOf(length: number, from = 1): readonly (readonly number[])[] {
  if (length === 0) return [[]]
  return [1, 2, 3]
    .filter((term) => term >= from)
    .flatMap((term) => logsOf(length - 1, term).map((rest) => [term, ...rest]))
}

test('two logs that agree to some point meet exactly there: nothing that both have is sent or cut', () => {
  for (const mine of logsOf(4)) {
    for (const theirs of [...logsOf(5), ...logsOf(3)]) {
      const common = mine.findIndex((term, i) => term !== theirs[i])
      const agreed = Math.min(common < 0 ? mine.length : common, theirs.length)
      // Logs meet where index and term are equal: what lies before is the same.
      const meets = Math.max(0, ...mine.map((term, i) => (theirs[i] === term ? i + 1 : 0)))
      if (meets !== agreed) continue
      const leader = new SteppedNode({ log: mine, hardState: { term: 3 } }).lead('n3')
      const follower = new SteppedNode({ id: 'n2', log: theirs, hardState: { term: 3 } })
      const { refusals, lowest } = catchUp(leader, mine, follower)
      expect(refusals).toBeLessThanOrEqual(3)
      expect(lowest, `${mine.join()} | ${theirs.join()}`).toBeGreaterThanOrEqual(agreed)
      const cut = follower.events.flatMap((event) => (event.kind === 'logTruncated' ? [event.from] : []))
      expect(
        cut.every((from) => from === agreed + 1),
        `${mine.join()} | ${theirs.join()}`,
      ).toBe(true)
    }
  }
})

test('a refusal that comes late changes nothing', () => {
  const node = propose(new SteppedNode({ log: [1, 1, 1] }).lead('n2'), 2).durable()
  refuse(node, 'n2', { previousIndex: 3, conflictIndex: 2 })
  node.sent('appendRequest')
  refuse(node, 'n2', { previousIndex: 3, conflictIndex: 2 })
  expect(node.sent('appendRequest')).toEqual([])
  node.acknowledge('n2', 6)
  refuse(node, 'n2', { previousIndex: 1, conflictIndex: 2 })
  expect(node.sent('appendRequest')).toEqual([])
  expect(peer(node, 'n2')).toMatchObject({ match: 6, next: 7, mode: 'replicate' })
})

test('a refusal never leads back below what the follower durably has', () => {
  const node = propose(new SteppedNode({ limits: { appendBytes: 1 } }).lead('n2').acknowledge('n2', 1), 9).durable()
  node.acknowledge('n2', 5)
  node.sent('appendRequest')
  refuse(node, 'n2', { previousIndex: 8, conflictIndex: 2 })
  expect(node.sent('appendRequest')).toMatchObject([{ to: 'n2', previousIndex: 5 }])
})

test('an acknowledgement that comes behind a refusal does not start everything over', () => {
  const node = propose(new SteppedNode({ limits: { appendBytes: 1 } }).lead('n2').acknowledge('n2', 1), 9).durable()
  node.sent('appendRequest')
  refuse(node, 'n2', { previousIndex: 8, conflictIndex: 6 })
  expect(node.sent('appendRequest')).toMatchObject([{ to: 'n2', previousIndex: 5 }])
  node.acknowledge('n2', 3)
  expect(node.sent('appendRequest')).toEqual([])
  expect(peer(node, 'n2')).toMatchObject({ mode: 'probe', match: 3, next: 6 })
  node.acknowledge('n2', 6)
  expect(node.sent('appendRequest').map(({ previousIndex }) => previousIndex)).toEqual([6, 7, 8, 9])
})

test('appends that were lost are sent again when a heartbeat is answered without them', () => {
  const node = propose(new SteppedNode().lead('n2').acknowledge('n2', 1), 2)
  node.sent('appendRequest')
  node.beat('n2', 1, { sent: 1, accepted: 1, durable: 1 })
  expect(node.sent('appendRequest')).toEqual([])
  node.beat('n2', 1, { sent: 3, accepted: 1, durable: 1 })
  expect(node.sent('appendRequest')).toMatchObject([
    { to: 'n2', previousIndex: 1, entries: [{ index: 2 }, { index: 3 }] },
  ])
})

test('a heartbeat names what was sent long enough ago, and commits only what the follower is known to hold', () => {
  const node = propose(new SteppedNode().lead('n2').acknowledge('n2', 1), 2).durable()
  node.acknowledge('n2', 3)
  expect(node.state.commit).toBe(3)
  propose(node)
  node.sent('heartbeat')
  const beats = (): object => {
    const all = node.wait(16).sent('heartbeat')
    return Object.fromEntries(all.map(({ to, commit, sentIndex }) => [to, { commit, sentIndex }]))
  }
  expect(beats()).toEqual({ n2: { commit: 3, sentIndex: 3 }, n3: { commit: 0, sentIndex: 0 } })
  for (let i = 0; i < 8; i++) {
    const { round } = node.state.role as { round: number }
    beats()
    node.beat('n2', round, { accepted: 3, durable: 3 })
  }
  expect(beats()).toMatchObject({ n2: { sentIndex: 4 } })
})

test('an idle follower hears of a commit at once', () => {
  const node = propose(new SteppedNode().lead('n2').acknowledge('n2', 1).acknowledge('n3', 1)).durable()
  node.sent('heartbeat')
  node.acknowledge('n2', 2)
  expect(node.sent('heartbeat')).toMatchObject([{ to: 'n2', commit: 2 }])
  node.acknowledge('n3', 2)
  expect(node.sent('heartbeat')).toMatchObject([{ to: 'n3', commit: 2 }])
})

test('a connection that is lost, or there again, is probed at once', () => {
  const node = propose(new SteppedNode().lead('n2').acknowledge('n2', 1), 2)
  node.sent('appendRequest')
  node.input({ kind: 'peerDown', id: 'n2', reason: 'closed' })
  expect(node.sent('appendRequest')).toMatchObject([{ to: 'n2', previousIndex: 1 }])
  node.input({ kind: 'peerUp', id: 'n2' })
  expect(node.sent('appendRequest')).toMatchObject([{ to: 'n2', previousIndex: 1 }])
})

test('what is no longer in memory is read, once, and sent only if it is still what is needed', () => {
  const node = new SteppedNode({ log: [1, 1, 1, 1] }).lead('n2')
  const { term } = node.state
  node.sent('appendRequest')
  refuse(node, 'n2', { previousIndex: 4, conflictIndex: 2 })
  refuse(node, 'n2', { previousIndex: 4, conflictIndex: 2 })
  expect(node.asked('readEntries')).toMatchObject([{ to: 'n2', term, from: 2, end: 6 }])
  node.input({ kind: 'entriesRead', to: 'n2', term: term - 1, entries: entries(2, 1) })
  expect(node.sent('appendRequest')).toEqual([])
  node.input({ kind: 'entriesRead', to: 'n2', term, entries: entries(3, 1, 1) })
  expect(node.sent('appendRequest')).toEqual([])
  expect(node.asked('readEntries')).toHaveLength(1)
  node.input({ kind: 'entriesRead', to: 'n2', term, entries: entries(2, 1, 1) })
  expect(node.sent('appendRequest')).toMatchObject([{ to: 'n2', previousIndex: 1, previousTerm: 1 }])
})

test('a follower whose log is gone gets the snapshot, then what is behind it', () => {
  const node = new SteppedNode({ base: { index: 5, term: 2 }, log: [2, 2] }).lead('n3')
  const { term } = node.state
  refuse(node, 'n2', { previousIndex: 7, conflictIndex: 3 })
  expect(node.asked('sendSnapshot')).toMatchObject([{ to: 'n2', term }])
  node.sent('appendRequest')
  refuse(node, 'n2', { previousIndex: 7, conflictIndex: 3 })
  expect([node.sent('appendRequest'), node.asked('sendSnapshot')]).toEqual([[], []])
  const chunk = { kind: 'snapshotChunkResponse', snapshotIndex: 5, snapshotTerm: 2, nextOffset: 9, round: 0 } as const
  node.receive('n2', { ...chunk, term, installed: false })
  expect([node.sent('appendRequest'), node.state.commit]).toEqual([[], 5])
  node.receive('n2', { ...chunk, term: term - 1, installed: true })
  node.receive(member('n2', 1), { ...chunk, term, installed: true })
  expect(node.asked('stopSnapshot')).toEqual([])
  node.receive('n2', { ...chunk, term, installed: true })
  expect(node.asked('stopSnapshot')).toMatchObject([{ to: 'n2' }])
  expect(node.asked('readEntries')).toMatchObject([{ to: 'n2', from: 6 }])
})

test('a snapshot that could not be sent is tried again, not at once', () => {
  const node = new SteppedNode({ base: { index: 5, term: 2 }, log: [2, 2] }).lead('n3')
  refuse(node, 'n2', { previousIndex: 7, conflictIndex: 3 })
  node.asked('sendSnapshot')
  node.input({ kind: 'snapshotFailed', to: 'n2' })
  expect(node.asked('sendSnapshot')).toEqual([])
  node.wait(60)
  expect(node.asked('sendSnapshot')).toHaveLength(1)
})

test('a leader that ends stops the snapshots that it sends', () => {
  const node = new SteppedNode({ base: { index: 5, term: 2 }, log: [2, 2] }).lead('n3')
  refuse(node, 'n2', { previousIndex: 7, conflictIndex: 3 })
  node.acknowledge('n3', 0, { term: 9 })
  expect(node.asked('stopSnapshot')).toMatchObject([{ to: 'n2' }])
})

test('non-voters get the log and are not counted', () => {
  const configuration = configurationOf('n1', 'n2', 'n3', server('n4', 'nonVoter'), server('n5', 'nonVoter'))
  const node = new SteppedNode({ configuration }).lead('n2')
  expect(node.sent('appendRequest').map(({ to }) => to)).toEqual(['n2', 'n3', 'n4', 'n5'])
  expect(node.acknowledge('n4', 1).acknowledge('n5', 1).state.commit).toBe(0)
  expect(node.acknowledge('n2', 1).state.commit).toBe(1)
})

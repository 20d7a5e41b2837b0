import {
  type BlockEntry,
  type Candidate,
  type Data,
  type Header,
  type Verdict,
  dataCommitment,
  encodeData,
  encodeHeader,
  evnode,
  headerHash,
  judge,
  metadataFor,
  rejectionReasons,
} from 'block-fsm'
import { afterAll, describe, expect, test } from 'vitest'
import { World, changed, encode, facts, journalA, journalB, openWorld, transactions } from '../support/world.ts'

const seen = new Set<string>()
const other = new Uint8Array(32).fill(9)

afterAll(() => {
  // A switch to unknown rules is not applied: it has a story of its own below.
  expect([...rejectionReasons].filter((reason) => !seen.has(reason))).toEqual([])
})

test('a block on the tip, under the last opening, is accepted and becomes the tip', () => {
  const world = openWorld()
  const candidate = world.candidate({ selection: world.select(transactions(1, 'a=1', 'b=2')) })
  expect(world.run(candidate.command)).toEqual({
    kind: 'accepted',
    block: { height: 1, hash: headerHash(candidate.header) },
  })
  expect(world.fsm.state.tip?.data.txs).toHaveLength(2)
  expect(world.fsm.state.origins.get('node-0')?.lastSequence).toBe(2)
  expect(world.block()).toMatchObject({ kind: 'accepted' })
  expect(world.fsm.state.tip?.height).toBe(2)
})

test('the same block once more is a duplicate and changes nothing, also under a later opening', () => {
  const world = openWorld()
  const { command } = world.candidate()
  world.run(command)
  const { tip } = world.fsm.state
  expect(world.run(command)).toEqual({ kind: 'duplicate' })
  world.open()
  expect(world.run(command)).toEqual({ kind: 'duplicate' })
  expect(world.fsm.state.tip).toBe(tip)
})

test('judging says what applying would say, and changes nothing', () => {
  const world = openWorld()
  const { command } = world.candidate()
  const before = world.fsm.state
  const judged = judge(before, command, world.term, world.log.length + 1)
  expect(world.fsm.state).toBe(before)
  expect(world.run(command)).toEqual(judged)
  expect(judge(world.fsm.state, Uint8Array.of(1, 2, 3), 1, 9)).toMatchObject({ reason: 'undecodable' })
})

describe('a block is rejected', () => {
  test('when its bytes cannot be read', () => {
    expectRejected('undecodable', openWorld().run(Uint8Array.of(0xff)))
    expectRejected('undecodable', openWorld().run(Uint8Array.of()))
    const world = openWorld()
    expectRejected('undecodable', world.run(changed(world.candidate(), () => ({ header: Uint8Array.of(0xff) }))))
  })

  test('when its entry has fields that this version does not know', () => {
    const world = openWorld()
    const { command } = world.candidate()
    expectRejected('undecodable', world.run(Uint8Array.from([...command, 0xa0, 0x06, 0x01])))
  })

  test('when it needs later rules', () => {
    const world = openWorld()
    const command = evnode.v1.Command.decode(world.candidate().command)
    command.version = 2
    expectRejected('unsupported-command', world.run(evnode.v1.Command.encode(command).finish()))
  })

  test('when its header or data is not in the one form that all hash alike', () => {
    const world = openWorld()
    const candidate = world.candidate()
    const padded = changed(candidate, ({ header }) => ({ header: Uint8Array.from([...header, 0xa0, 0x06, 0x01]) }))
    expectRejected('not-canonical', world.run(padded))
    const empty = changed(candidate, ({ data }) => ({ data: Uint8Array.from([...data, 0x18, 0x01]) }))
    expectRejected('not-canonical', world.run(empty))
    const legacy = { lastCommitHash: other, consensusHash: other, lastResultsHash: other }
    expectRejected('not-canonical', world.run(withHeader(candidate, { ...candidate.header, legacy })))
  })

  test('when it names another hash than that of its header', () => {
    const world = openWorld()
    expectRejected('hash', world.run(changed(world.candidate(), () => ({ hash: other }))))
  })

  test('when its transactions are not those of its data hash', () => {
    const world = openWorld()
    const candidate = world.candidate({ selection: world.select(transactions(1, 'a=1')) })
    const data = encodeData({ ...candidate.data, txs: [Uint8Array.of(1)] })
    expectRejected('data-hash', world.run(changed(candidate, () => ({ data }))))
  })

  test('before any opening, under an older one, and in another term than its own', () => {
    const world = openWorld()
    const candidate = world.candidate()
    const unopened = new World()
    unopened.term = 1
    expectRejected('stale-token', unopened.run(candidate.command))
    expectRejected('stale-token', world.append('command', candidate.command, 2))
    world.open()
    expectRejected('stale-token', world.run(candidate.command))
    expectRejected('stale-token', world.run(changed(candidate, () => ({ token: { term: 2, index: 1 } }))))
  })

  test('when it is of another chain', () => {
    const world = openWorld()
    const candidate = world.candidate()
    expectRejected('chain', world.run(withHeader(candidate, { ...candidate.header, chainId: 'c2' })))
  })

  test('when it is by another proposer, or says more about it than the chain does', () => {
    const world = openWorld()
    const candidate = world.candidate()
    for (const change of [{ proposerAddress: other }, { validatorHash: other }, { version: { block: 11n, app: 0n } }]) {
      expectRejected('proposer', world.run(withHeader(candidate, { ...candidate.header, ...change })))
    }
  })

  test('when entry or data do not repeat the header', () => {
    const world = openWorld()
    const candidate = world.candidate()
    const changes: Partial<BlockEntry>[] = [{ height: 2 }, { timeNs: 1n }, { chainId: 'c2' }, { parentHash: other }]
    for (const change of changes) expectRejected('metadata', world.run(changed(candidate, () => change)))
    const metadata = { ...candidate.data.metadata!, timeNs: 1n }
    expectRejected('metadata', world.run(withData(candidate, { metadata, txs: [] })))
    expectRejected('metadata', world.run(withData(candidate, { txs: [] })))
  })

  test('when it follows another parent, in the header or in the data chain', () => {
    const world = openWorld()
    world.block()
    const candidate = world.candidate()
    expectRejected('link', world.run(withHeader(candidate, { ...candidate.header, lastHeaderHash: other })))
    const metadata = { ...candidate.data.metadata!, lastDataHash: other }
    expectRejected('link', world.run(withData(candidate, { metadata, txs: [] })))
  })

  test('a second body for a height that is decided follows no tip any more', () => {
    const world = openWorld()
    const twin = world.candidate({ appHash: Uint8Array.of(2) })
    world.block()
    expectRejected('link', world.run(twin.command))
  })

  test('a child of a rejected block follows no tip either', () => {
    const world = openWorld()
    const ahead = openWorld()
    ahead.block({ appHash: Uint8Array.of(2) })
    const child = ahead.candidate()
    world.block()
    expectRejected('link', world.run(child.command))
  })

  test('when it is not the next height', () => {
    const world = openWorld()
    const candidate = world.candidate()
    expectRejected('height', world.run(withHeader(candidate, { ...candidate.header, height: 2 })))
  })

  test('when its time is not after its parent’s', () => {
    const world = openWorld()
    const first = world.candidate()
    expectRejected('time', world.run(withHeader(first, { ...first.header, timeNs: facts.genesisTimeNs - 1n })))
    world.run(first.command)
    const second = world.candidate()
    expectRejected('time', world.run(withHeader(second, { ...second.header, timeNs: first.header.timeNs })))
  })

  test('when block, entry or remembered keys are larger than the rules allow', () => {
    const limits = { blockBytes: 1000, commandBytes: 1000 + 64 * 1024, rememberedKeyBytes: 100 }
    const world = openWorld({ ...facts, limits })
    expectRejected('limits', world.block({ appHash: new Uint8Array(1000) }))
    const wide = { memberId: 'x'.repeat(70_000), journalId: journalA, first: 1, last: 1, keys: [] }
    expectRejected('limits', world.block({ selection: { txs: [Uint8Array.of(1)], ranges: [wide], dropped: [] } }))
    const keys = [
      { sequence: 1, key: 'k1' },
      { sequence: 2, key: 'k2' },
    ]
    const ranges = [{ memberId: 'node-0', journalId: journalA, first: 1, last: 2, keys }]
    const txs = [Uint8Array.of(1), Uint8Array.of(2)]
    expectRejected('limits', world.block({ selection: { txs, ranges, dropped: [] } }))
  })

  test('when it holds transactions of a journal that is not open', () => {
    const world = openWorld()
    const tx = Uint8Array.of(1)
    const range = { memberId: 'node-0', journalId: journalB, first: 1, last: 1, keys: [] }
    expectRejected('origin', world.block({ selection: { txs: [tx], ranges: [range], dropped: [] } }))
    const unknown = { ...range, memberId: 'node-9', journalId: journalA }
    expectRejected('origin', world.block({ selection: { txs: [tx], ranges: [unknown], dropped: [] } }))
  })

  test('when a range does not start right after what is decided', () => {
    const world = openWorld()
    const range = { memberId: 'node-0', journalId: journalA, first: 1, last: 1, keys: [] }
    const selection = { txs: [Uint8Array.of(1)], ranges: [range], dropped: [] }
    world.block({ selection })
    expectRejected('range', world.block({ selection })) // again
    const gap = { ...range, first: 3, last: 3 }
    expectRejected('range', world.block({ selection: { ...selection, ranges: [gap] } }))
    const empty = { ...range, first: 2, last: 1 }
    expectRejected('range', world.block({ selection: { txs: [], ranges: [empty], dropped: [] } }))
  })

  test('when the ranges do not name exactly the transactions and the dropped', () => {
    const world = openWorld()
    const range = { memberId: 'node-0', journalId: journalA, first: 1, last: 2, keys: [] }
    const txs = [Uint8Array.of(1), Uint8Array.of(2)]
    const tooMany = { txs, ranges: [{ ...range, last: 3 }], dropped: [] }
    expectRejected('transactions', world.block({ selection: tooMany }))
    const endless = { txs, ranges: [{ ...range, last: Number.MAX_SAFE_INTEGER }], dropped: [] }
    expectRejected('transactions', world.block({ selection: endless }))
    const tooFew = { txs, ranges: [{ ...range, last: 1 }], dropped: [] }
    expectRejected('transactions', world.block({ selection: tooFew }))
    expectRejected('transactions', world.block({ selection: { txs, ranges: [], dropped: [] } }))
    const dropped = [{ memberId: 'node-0', journalId: journalB, sequence: 1, reason: 'x' }]
    expectRejected('transactions', world.block({ selection: { txs: [txs[0]!], ranges: [range], dropped } }))
  })

  test('when dropped transactions are out of place or have no reason', () => {
    const world = openWorld()
    const range = { memberId: 'node-0', journalId: journalA, first: 1, last: 2, keys: [] }
    const one = { memberId: 'node-0', journalId: journalA, sequence: 1, reason: 'x' }
    const txs = [Uint8Array.of(1), Uint8Array.of(2)]
    expectRejected('dropped', world.block({ selection: { txs, ranges: [range], dropped: [{ ...one, sequence: 9 }] } }))
    for (const reason of ['', 'x'.repeat(257)]) {
      const dropped = [{ ...one, reason }]
      expectRejected('dropped', world.block({ selection: { txs: [txs[1]!], ranges: [range], dropped } }))
    }
  })

  test('when a transaction with a remembered key is not dropped, or one without is dropped as a duplicate', () => {
    const world = openWorld()
    const keyed = [{ ...transactions(1, 'a=1')[0]!, idempotencyKey: 'k' }]
    world.block({ selection: world.select(keyed) })
    const range = { memberId: 'node-0', journalId: journalA, first: 2, last: 2, keys: [{ sequence: 2, key: 'k' }] }
    const tx = Uint8Array.of(1)
    expectRejected('idempotency', world.block({ selection: { txs: [tx], ranges: [range], dropped: [] } }))
    const dropped = [{ memberId: 'node-0', journalId: journalA, sequence: 2, reason: 'duplicate' }]
    for (const keys of [[], [{ sequence: 2, key: 'new' }]]) {
      expectRejected('idempotency', world.block({ selection: { txs: [], ranges: [{ ...range, keys }], dropped } }))
    }
    for (const keys of [[{ sequence: 7, key: 'new' }], [{ sequence: 2, key: 'x'.repeat(129) }]]) {
      const ranges = [{ ...range, keys }]
      expectRejected('idempotency', world.block({ selection: { txs: [tx], ranges, dropped: [] } }))
    }
    expect(world.block({ selection: { txs: [], ranges: [range], dropped } })).toMatchObject({ kind: 'accepted' })
  })

  test('when it carries a signature that is not the tip’s', () => {
    const world = openWorld()
    const signature = new Uint8Array(64)
    expectRejected('signature', world.block({ lastSignature: { height: 0, hash: other, signature } }))
    world.block()
    const { hash, height } = world.fsm.state.tip!
    expectRejected('signature', world.block({ lastSignature: { height, hash: other, signature } }))
    expectRejected('signature', world.block({ lastSignature: { height, hash, signature: new Uint8Array(63) } }))
    expect(world.block({ lastSignature: { height, hash, signature } })).toMatchObject({ kind: 'accepted' })
    expect(world.fsm.state.lastSignature).toEqual({ height, hash, signature })
  })

  test('when it moves DA cursors back or beyond the tip', () => {
    const world = openWorld()
    world.block()
    expectRejected('da-cursor', world.block({ daCursor: { headerHeight: 2, dataHeight: 0 } }))
    expect(world.block({ daCursor: { headerHeight: 1, dataHeight: 1 } })).toMatchObject({ kind: 'accepted' })
    expectRejected('da-cursor', world.block({ daCursor: { headerHeight: 1, dataHeight: 0 } }))
  })
})

describe('other commands', () => {
  test('DA cursors go up to the tip and never back', () => {
    const world = openWorld()
    world.block()
    expect(world.run({ kind: 'daCursor', headerHeight: 1, dataHeight: 0 })).toEqual({ kind: 'accepted' })
    expect(world.run({ kind: 'daCursor', headerHeight: 1, dataHeight: 0 })).toEqual({ kind: 'duplicate' })
    expectRejected('da-cursor', world.run({ kind: 'daCursor', headerHeight: 0, dataHeight: 1 }))
    expectRejected('da-cursor', world.run({ kind: 'daCursor', headerHeight: 2, dataHeight: 1 }))
  })

  test('a journal opens only on the generation that its member saw, and then decides from 1', () => {
    const world = openWorld()
    world.block({ selection: world.select(transactions(1, 'a=1')) })
    expectRejected('generation', world.openOrigin('node-0', journalB, 0))
    expect(world.openOrigin('node-0', journalB, 1)).toEqual({ kind: 'accepted' })
    expect(world.openOrigin('node-0', journalB, 1)).toEqual({ kind: 'duplicate' })
    expect(world.fsm.state.origins.get('node-0')).toMatchObject({ generation: 2, lastSequence: 0 })
    expectRejected('origin', world.openOrigin('node-0', journalA, 2)) // a restored copy of the first
    expectRejected('origin', world.openOrigin('', journalB))
    expectRejected('origin', world.openOrigin('node-1', new Uint8Array(15)))
    const small = openWorld({ ...facts, limits: { originBytes: 500 } })
    expectRejected('limits', small.openOrigin('node-1', journalB))
  })

  test('an operator’s epoch goes up by one', () => {
    const world = openWorld()
    expect(world.run({ kind: 'operatorEpoch', epoch: 1, reason: 'poison block 7' })).toEqual({ kind: 'accepted' })
    expect(world.run({ kind: 'operatorEpoch', epoch: 1, reason: 'poison block 7' })).toEqual({ kind: 'duplicate' })
    expectRejected('epoch', world.run({ kind: 'operatorEpoch', epoch: 1, reason: 'someone else' }))
    expectRejected('epoch', world.run({ kind: 'operatorEpoch', epoch: 3, reason: 'x' }))
    expectRejected('epoch', world.run({ kind: 'operatorEpoch', epoch: 2, reason: '' }))
    expect(world.fsm.state.operator).toEqual({ epoch: 1, height: 0, reason: 'poison block 7' })
  })

  test('a rule version that is not the next one is rejected', () => {
    const world = openWorld()
    expect(world.run({ kind: 'ruleVersion', version: 1 })).toEqual({ kind: 'duplicate' })
    expectRejected('rule-version', world.run({ kind: 'ruleVersion', version: 3 }))
  })

  test('rules that this software does not know stop the replica, and a leader sees it before proposing', () => {
    const world = openWorld()
    const command = encode({ kind: 'ruleVersion', version: 2 })
    expectRejected('unsupported-rules', judge(world.fsm.state, command, 1, 9))
    const before = world.fsm.state
    expect(() => world.run(command)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_RULES' }))
    expect(world.fsm.state).toBe(before)
  })

  test('an opening of another cluster, an older epoch or another term opens nothing', () => {
    const world = openWorld()
    const { opening } = world.fsm.state
    expectRejected('cluster', world.open({ clusterId: '33'.repeat(32) }))
    expectRejected('cluster', world.open({ clusterId: '' }))
    expectRejected('term', world.open({ term: 99 }))
    expect(world.fsm.state.opening).toEqual(opening)
    expect(world.open({ epoch: 2 })).toEqual({ kind: 'accepted' })
    expectRejected('epoch', world.open({ epoch: 1 }))
    expectRejected('undecodable', world.append('opening', Uint8Array.of(0xff)))
  })
})

function expectRejected(reason: string, verdict: Verdict): void {
  expect(verdict).toMatchObject({ kind: 'rejected', reason })
  seen.add(reason)
}

/** The candidate's command around another header that is consistent in itself. */
function withHeader(candidate: Candidate, header: Header): Uint8Array {
  const lastDataHash = candidate.data.metadata!.lastDataHash
  return changed(candidate, () => ({
    height: header.height,
    timeNs: header.timeNs,
    chainId: header.chainId,
    parentHash: header.lastHeaderHash,
    hash: header.legacy ? other : headerHash(header),
    header: encodeHeader(header),
    data: encodeData({ metadata: metadataFor(header, lastDataHash), txs: candidate.data.txs }),
  }))
}

/** The candidate's command around other data, with a header that commits to it. */
function withData(candidate: Candidate, data: Data): Uint8Array {
  const header = { ...candidate.header, dataHash: dataCommitment(data.txs) }
  return changed(candidate, () => ({ hash: headerHash(header), header: encodeHeader(header), data: encodeData(data) }))
}

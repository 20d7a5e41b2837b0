import { expect, test } from 'vitest'
import { compareAtStart } from '../../src/start-up/compare-at-start.ts'
import type { StartFacts } from '../../src/start-up/facts.ts'

/** A hash that only this height of this chain has. */
function hash(height: number, chain = 1): Uint8Array {
  return new Uint8Array(32).fill(chain * 16 + (height % 16))
}

const emptyStatus = {
  earliest: 1,
  contiguous: 0,
  highest: 0,
  executed: 0,
  executedRoot: hash(0),
  sealed: 0,
  blocks: [],
  headers: [],
}

function storeThrough(height: number, from = 1): StartFacts['store'] {
  const interval = [{ from, to: height }]
  const contiguous = from === 1 ? height : 0
  const status = { ...emptyStatus, contiguous, highest: height, executed: contiguous, sealed: contiguous }
  return {
    status: { ...status, blocks: interval, headers: interval },
    clusterId: 'c1',
    atSnapshotTip: undefined,
    atGuardMark: undefined,
  }
}

const founding = { clusterId: 'c1', chainId: 'chain', genesisHash: 'g1' }
const emptyStore: StartFacts['store'] = { ...storeThrough(0), status: emptyStatus, clusterId: undefined }
const log = (lastBlock: number | undefined): { lastBlock: number | undefined; appliedAheadEntries: number } => ({
  lastBlock,
  appliedAheadEntries: 1024,
})
const guardAt = (height: number, chain = 1): StartFacts['guard'] => ({
  chainId: 'chain',
  clusterId: 'c1',
  mark: { height, hash: hash(height, chain) },
})
const tipAt = (height: number, chain = 1): { height: number; hash: Uint8Array } => ({
  height,
  hash: hash(height, chain),
})

/** A member of three that stands at block 100 everywhere. */
const whole: StartFacts = {
  chainId: 'chain',
  genesisHash: 'g1',
  initialHeight: 1,
  raft: { founding, snapshotTip: undefined, log: log(100), isSoleVoter: false },
  store: storeThrough(100),
  guard: guardAt(100),
  keepsGuard: true,
  executor: { height: 100, stateRoot: hash(100), rootInStore: hash(100) },
}
const raft = (changes: Partial<StartFacts['raft']>): Pick<StartFacts, 'raft'> => ({
  raft: { ...whole.raft, ...changes },
})
const noCluster = raft({ founding: undefined, log: undefined })
const executorAt = (height: number, root = hash(height)): Pick<StartFacts, 'executor'> => ({
  executor: { height, stateRoot: root, rootInStore: undefined },
})
const nothing = { store: emptyStore, guard: undefined, ...executorAt(0) }

type Expected = readonly (readonly [kind: string, text: string])[]

const cases: readonly (readonly [string, Partial<StartFacts>, Expected])[] = [
  ['nothing anywhere', { ...nothing, ...noCluster }, []],
  [
    'an opened guard without a mark beside nothing',
    { ...nothing, ...noCluster, guard: { ...guardAt(1)!, mark: undefined } },
    [],
  ],
  ['everything at one height', {}, []],
  ['a founded directory before the first block', { ...nothing, ...raft({ log: log(undefined) }) }, []],
  ['a log that is ahead of the store', { ...raft({ log: log(103) }) }, []],
  ['no guard on a member without the key', { guard: undefined, keepsGuard: false }, []],
  [
    'heights, before the log is open',
    { store: storeThrough(5000), guard: guardAt(5000), ...raft({ log: undefined }) },
    [],
  ],

  ['a store one block ahead of the log', { store: storeThrough(101) }, [['info', '1 block more than Raft']]],
  [
    'a guard one block ahead of log and store',
    { guard: guardAt(101) },
    [
      ['info', '1 block more'],
      ['info', 'keep the hashes'],
    ],
  ],
  [
    'a store as far ahead as a crash can leave it',
    { store: storeThrough(1124), guard: guardAt(1124) },
    [['info', '1024 blocks more']],
  ],
  [
    'a store further ahead than a crash can leave it',
    { store: storeThrough(1125), guard: guardAt(1125) },
    [['RAFT_DIRECTORY_OLDER', 'through 1125']],
  ],
  [
    'a guard further ahead than a crash can leave it',
    { guard: guardAt(1125) },
    [['RAFT_DIRECTORY_OLDER', 'signed blocks through 1125']],
  ],
  [
    'a store one block ahead of the only voter',
    { store: storeThrough(101), ...raft({ isSoleVoter: true }) },
    [['RAFT_DIRECTORY_OLDER', 'block 100']],
  ],
  [
    'a store ahead of a log without blocks',
    { ...raft({ log: log(undefined), isSoleVoter: true }) },
    [['RAFT_DIRECTORY_OLDER', 'block 0']],
  ],
  [
    'a log that was cut behind a snapshot',
    { ...raft({ log: log(undefined), snapshotTip: tipAt(100), isSoleVoter: true }) },
    [],
  ],

  [
    'a store that ends below the snapshot',
    { ...raft({ snapshotTip: tipAt(100) }), store: storeThrough(60), guard: guardAt(100) },
    [['info', '40 blocks below Raft']],
  ],
  [
    'a store with a hole below the snapshot',
    { ...raft({ snapshotTip: tipAt(90) }), store: storeThrough(100, 31) },
    [['info', '30 blocks below Raft']],
  ],
  [
    'no store beside a snapshot',
    { ...raft({ snapshotTip: tipAt(90) }), store: emptyStore, ...executorAt(0) },
    [
      ['info', '90 blocks below Raft'],
      ['info', '10 blocks come back'],
    ],
  ],
  [
    'a guard ahead of the store',
    { store: storeThrough(97), ...executorAt(97) },
    [['info', '3 blocks come back through Raft']],
  ],
  [
    'a guard far behind the store',
    { store: storeThrough(2000), guard: guardAt(100), ...raft({ log: log(2000) }) },
    [['warn', 'an older one put back']],
  ],
  ['no guard beside a store', { guard: undefined }, [['warn', 'the guard was lost']]],
  ['a guard that a crash left behind', { guard: guardAt(98) }, []],

  [
    'the snapshot and another hash in the store',
    { ...raft({ snapshotTip: tipAt(90) }), store: { ...storeThrough(100), atSnapshotTip: hash(90, 2) } },
    [['FORKED', `block 90 is ${'2a'.repeat(32)}`]],
  ],
  [
    'the snapshot and the same hash in the store',
    { ...raft({ snapshotTip: tipAt(90) }), store: { ...storeThrough(100), atSnapshotTip: hash(90) } },
    [],
  ],
  [
    'the guard and another hash in the store',
    { store: { ...storeThrough(100), atGuardMark: hash(100, 3) } },
    [['FORKED', '34'.repeat(32)]],
  ],
  [
    'the guard and another hash in the snapshot',
    { ...raft({ snapshotTip: tipAt(100, 2) }) },
    [['FORKED', '24'.repeat(32)]],
  ],

  [
    'blocks beside an empty Raft directory',
    { guard: undefined, ...noCluster },
    [['RAFT_DIRECTORY_LOST', 'holds blocks through 100']],
  ],
  [
    'headers beside an empty Raft directory',
    { ...nothing, ...noCluster, store: { ...emptyStore, status: { ...emptyStatus, headers: [{ from: 8, to: 9 }] } } },
    [['RAFT_DIRECTORY_LOST', 'through 9']],
  ],
  [
    'a guard beside an empty Raft directory',
    { ...nothing, ...noCluster, guard: guardAt(7) },
    [['RAFT_DIRECTORY_LOST', 'signed through 7']],
  ],
  [
    'both beside an empty Raft directory',
    { ...noCluster },
    [['RAFT_DIRECTORY_LOST', 'through 100 and the double-sign guard']],
  ],

  [
    'a Raft directory of another chain',
    { ...raft({ founding: { ...founding, chainId: 'other' } }) },
    [['OTHER_CLUSTER', 'chain "other"']],
  ],
  ['another genesis of the same chain id', { genesisHash: 'g2' }, [['OTHER_CLUSTER', 'genesis.json is not the one']]],
  [
    'a guard of another chain',
    { guard: { ...guardAt(100)!, chainId: 'other', clusterId: 'c2' } },
    [['OTHER_CLUSTER', 'guard belongs to chain "other"']],
  ],
  [
    'a guard of another chain beside nothing',
    { ...nothing, ...noCluster, guard: { ...guardAt(9)!, chainId: 'other' } },
    [['OTHER_CLUSTER', 'guard belongs']],
  ],
  [
    'a guard of another cluster',
    { guard: { ...guardAt(100)!, clusterId: 'c2' } },
    [['OTHER_CLUSTER', 'guard is managed by cluster c2']],
  ],
  [
    'a store of another cluster',
    { store: { ...storeThrough(100), clusterId: 'c2' } },
    [['OTHER_CLUSTER', 'store is managed by cluster c2']],
  ],
  [
    'both of another cluster',
    { store: { ...storeThrough(100), clusterId: 'c2' }, guard: { ...guardAt(100)!, clusterId: 'c2' } },
    [
      ['OTHER_CLUSTER', 'store'],
      ['OTHER_CLUSTER', 'guard'],
    ],
  ],

  ['an executor behind the store', executorAt(40), [['info', 'executes again through 100']]],
  [
    'an executor ahead of the store',
    { store: storeThrough(60), guard: guardAt(60), ...executorAt(100) },
    [['warn', 'the block store ends at 60']],
  ],
  [
    'an executor with another root',
    { executor: { height: 100, stateRoot: hash(1, 9), rootInStore: hash(100) } },
    [['warn', "the executor's root after block 100"]],
  ],
  [
    'an executor beside nothing',
    { ...nothing, ...noCluster, ...executorAt(10) },
    [['warn', 'executor stands at block 10']],
  ],
]

test.each(cases)('%s', (_name, changes, expected) => {
  const { store = whole.store } = changes
  const findings = compareAtStart({ ...whole, ...executorAt(store.status.executed), ...changes })
  const found = findings.map((finding) => [finding.kind === 'refusal' ? finding.code : finding.level, finding.message])
  expect(found).toEqual(expected.map(([kind, text]) => [kind, expect.stringContaining(text)]))
})

test('a refusal is told alone, without what would have come back by itself', () => {
  const facts = {
    ...whole,
    ...raft({ snapshotTip: tipAt(90) }),
    store: { ...storeThrough(60), atGuardMark: hash(100, 2) },
  }
  expect(compareAtStart(facts).map(({ kind }) => kind)).toEqual(['refusal'])
})

test('two hashes of one height come as evidence', () => {
  const [finding] = compareAtStart({ ...whole, store: { ...storeThrough(100), atGuardMark: hash(100, 2) } })
  expect(finding).toMatchObject({ evidence: { ours: { hash: hash(100, 2) }, theirs: { hash: hash(100) } } })
})

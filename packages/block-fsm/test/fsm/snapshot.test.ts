import { BlockFsm, type FsmChange, encodeData, evnode, headerAtAnchor, toHex } from 'block-fsm'
import { expect, test } from 'vitest'
import { makeChain } from '../support/chain.ts'
import { codeOf } from '../support/code-of.ts'
import { encodedSnapshot, restoreFrom } from '../support/snapshots.ts'
import { type World, facts, openWorld, transactions } from '../support/world.ts'

test('a snapshot holds the whole state', async () => {
  const world = fullWorld()
  const replica = new BlockFsm(facts)
  await restoreFrom(replica, await encodedSnapshot(world.fsm))
  const { keys, ...state } = replica.state
  const { keys: originalKeys, ...original } = world.fsm.state
  expect(state).toEqual(original)
  expect(keys.groups()).toEqual(originalKeys.groups())
})

test('generated code reads a snapshot', async () => {
  const snapshot = evnode.v1.FsmSnapshot.decode(await encodedSnapshot(fullWorld().fsm))
  expect(snapshot.chainId).toBe('c1')
  expect(Number(snapshot.tip?.height)).toBe(2)
  expect(snapshot.origins.map((origin) => origin.memberId)).toEqual(['node-0', 'node-1'])
  expect(snapshot.keys.map((one) => one.key)).toEqual(['k1'])
})

test('a restore announces the tip as the anchor of history below it', async () => {
  const world = fullWorld()
  const replica = new BlockFsm(facts)
  const changes: FsmChange[] = []
  const unwatch = replica.watch((change) => changes.push(change))
  await restoreFrom(replica, await encodedSnapshot(world.fsm))
  const [change] = changes
  if (change?.kind !== 'restored' || !change.anchor) throw new Error('no anchor was announced')
  expect(change.anchor.height).toBe(2)
  expect(headerAtAnchor(change.anchor, world.fsm.state.tip!.header).hash).toEqual(world.fsm.state.tip!.hash)
  unwatch()
  await restoreFrom(replica, await encodedSnapshot(world.fsm))
  expect(changes).toHaveLength(1)
})

test('a state before the first block restores without an anchor', async () => {
  const replica = new BlockFsm(facts)
  const changes: FsmChange[] = []
  replica.watch((change) => changes.push(change))
  await restoreFrom(replica, await encodedSnapshot(new BlockFsm(facts)))
  expect(changes).toEqual([{ kind: 'restored', anchor: undefined }])
  expect(replica.anchor()).toBeUndefined()
})

test('a snapshot that cannot be taken leaves the state as it was and announces nothing', async () => {
  const bytes = await encodedSnapshot(fullWorld().fsm)
  const target = openWorld()
  target.block()
  const before = target.fsm.state
  const changes: FsmChange[] = []
  target.fsm.watch((change) => changes.push(change))
  const wrong = new Map<string, Uint8Array>([
    ['cut', bytes.slice(0, -1)],
    ['noise', Uint8Array.of(0xff, 1, 2)],
    ['empty', Uint8Array.of()],
    ['another version', reencoded(bytes, (message) => (message.version = 2))],
    ['another chain', reencoded(bytes, (message) => (message.chainId = 'c2'))],
    ['other facts', reencoded(bytes, (message) => (message.factsHash = new Uint8Array(32)))],
    ['another tip hash', reencoded(bytes, (message) => (message.tip!.hash = new Uint8Array(32)))],
    ['other tip data', reencoded(bytes, (message) => (message.tip!.data = encodeData(makeChain(1)[0]!.data)))],
    ['another order', reencoded(bytes, (message) => message.origins.reverse())],
  ])
  for (const [what, damaged] of wrong) {
    expect(await codeOf(() => restoreFrom(target.fsm, damaged)), what).toBe('INVALID_SNAPSHOT')
  }
  const newer = reencoded(bytes, (message) => (message.ruleVersion = 2))
  expect(await codeOf(() => restoreFrom(target.fsm, newer))).toBe('UNSUPPORTED_RULES')
  const huge = { sizeBytes: 2 ** 40 }
  expect(await codeOf(() => restoreFrom(target.fsm, bytes, huge))).toBe('INVALID_SNAPSHOT')
  const short = { sizeBytes: bytes.length + 1 }
  expect(await codeOf(() => restoreFrom(target.fsm, bytes, short))).toBe('INVALID_SNAPSHOT')
  expect(target.fsm.state).toBe(before)
  expect(changes).toEqual([])
})

test('an error of sink or source comes through', async () => {
  const world = fullWorld()
  const bytes = await encodedSnapshot(world.fsm)
  const failure = new Error('the disk is gone')
  const read = { read: (_offset: number, _length: number, done: (error: Error) => void) => done(failure) }
  await expect(restoreFrom(new BlockFsm(facts), bytes, read)).rejects.toBe(failure)
  const persisted = new Promise<void>((resolve, reject) => {
    const sink = { write: (_bytes: Uint8Array, done: (error: Error) => void): void => done(failure) }
    world.fsm.snapshot().persist(sink, (error) => (error ? reject(error) : resolve()))
  })
  await expect(persisted).rejects.toBe(failure)
})

test('a large state travels in pieces of at most 1 MiB', async () => {
  const world = openWorld()
  const big = { sequence: 1, bytes: new Uint8Array(3_000_000).fill(7) }
  expect(world.block({ selection: world.select([big]) })).toMatchObject({ kind: 'accepted' })
  const sizes: number[] = []
  await new Promise<void>((resolve) => {
    const sink = {
      write(bytes: Uint8Array, done: () => void): void {
        sizes.push(bytes.length)
        queueMicrotask(done)
      },
    }
    world.fsm.snapshot().persist(sink, () => resolve())
  })
  expect(sizes.length).toBeGreaterThan(2)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024)
  const replica = new BlockFsm(facts)
  await restoreFrom(replica, await encodedSnapshot(world.fsm))
  expect(toHex(replica.state.tip!.hash)).toBe(toHex(world.fsm.state.tip!.hash))
})

test('a chain taken over from ev-node goes on above its last block', async () => {
  const startingTip = makeChain(3).at(-1)!
  const migrated = { ...facts, startingTip }
  const world = openWorld(migrated)
  expect(world.fsm.anchor()?.height).toBe(3)
  const nowNs = startingTip.header.timeNs + 5n
  expect(world.block({ nowNs })).toMatchObject({ kind: 'accepted', block: { height: 4 } })
  const replica = new BlockFsm(migrated)
  await restoreFrom(replica, await encodedSnapshot(world.fsm))
  expect(replica.state.tip?.height).toBe(4)
  expect(await codeOf(async () => restoreFrom(new BlockFsm(facts), await encodedSnapshot(world.fsm)))).toBe(
    'INVALID_SNAPSHOT',
  )
})

test('facts that no chain can have are refused', async () => {
  for (const change of [
    { chainId: '' },
    { initialHeight: 0 },
    { genesisTimeNs: 0n },
    { proposerAddress: new Uint8Array(20) },
    { limits: { blockBytes: 8 * 1024 * 1024 } },
    { limits: { idempotencyBlocks: 0.5 } },
    { chainId: 'other', startingTip: makeChain(1)[0]! },
    { initialHeight: 9, startingTip: makeChain(1)[0]! },
  ]) {
    expect(await codeOf(() => new BlockFsm({ ...facts, ...change }))).toBe('INVALID_OPTIONS')
  }
})

function fullWorld(): World {
  const world = openWorld()
  world.openOrigin('node-1', new Uint8Array(16).fill(3))
  world.openOrigin('node-1', new Uint8Array(16).fill(4), 1)
  world.block({ selection: world.select([{ ...transactions(1, 'a=1')[0]!, idempotencyKey: 'k1' }]) })
  const { hash, height } = world.fsm.state.tip!
  world.block({
    selection: world.select(transactions(2, 'b=2', 'c=3')),
    lastSignature: { height, hash, signature: new Uint8Array(64).fill(5) },
    daCursor: { headerHeight: 1, dataHeight: 0 },
  })
  world.run({ kind: 'operatorEpoch', epoch: 1, reason: 'go on' })
  return world
}

function reencoded(bytes: Uint8Array, change: (message: evnode.v1.FsmSnapshot) => unknown): Uint8Array {
  const message = evnode.v1.FsmSnapshot.decode(bytes)
  change(message)
  return Uint8Array.from(evnode.v1.FsmSnapshot.encode(message).finish())
}

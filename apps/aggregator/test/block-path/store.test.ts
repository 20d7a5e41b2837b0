import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Anchor, BlockFsm, buildCandidate, emptySelection, nextHeight } from 'block-fsm'
import { openGuard } from 'block-signer'
import { openBlockStore } from 'block-store-level'
import { type AppliedEntry, encodeOpening, type SnapshotSource } from 'raft-core'
import { expect, test } from 'vitest'
import { StoreStep } from '../../src/block-path/store.ts'

const clusterId = '11'.repeat(32)
const chain = { chainId: 'c1', initialHeight: 1, genesisTimeNs: 1n, proposerAddress: new Uint8Array(32) }
const never = new AbortController().signal

/** A state machine that leads, and the log that it applied. */
function leader(): { readonly fsm: BlockFsm; readonly log: AppliedEntry[]; block(): void } {
  const fsm = new BlockFsm(chain)
  const log: AppliedEntry[] = []
  const append = (type: AppliedEntry['type'], payload: Uint8Array): void => {
    const entry = { index: log.length + 1, term: 1, type, payload }
    log.push(entry)
    fsm.apply([entry])
  }
  const member = { id: 'node-0', incarnation: '22'.repeat(16) }
  append('opening', encodeOpening({ clusterId, epoch: 0, leader: member, term: 1 }))
  const block = (): void => {
    const nowNs = BigInt(log.length + 1) * 1_000_000_000n
    append(
      'command',
      buildCandidate(fsm.state, { nowNs, appHash: Uint8Array.of(1), selection: emptySelection }).command,
    )
  }
  return { fsm, log, block }
}

/** Installs a state machine's snapshot in another. */
async function install(from: BlockFsm, to: BlockFsm): Promise<void> {
  const chunks: Uint8Array[] = []
  const write = (bytes: Uint8Array, done: () => void): void => {
    chunks.push(bytes)
    done()
  }
  await new Promise<void>((resolve, reject) => {
    from.snapshot().persist({ write }, (error) => (error ? reject(error) : resolve()))
  })
  const bytes = Buffer.concat(chunks)
  const configuration = { servers: [], outgoing: [] }
  const source: SnapshotSource = {
    metadata: { index: 1, term: 1, configuration, configurationIndex: 0, clusterId, epoch: 0 },
    sizeBytes: bytes.length,
    read: (offset, length, done) => done(undefined, Uint8Array.from(bytes.subarray(offset, offset + length))),
    close: (done) => done(),
  }
  await new Promise<void>((resolve, reject) => {
    to.restore(source, (error) => (error ? reject(error) : resolve()))
  })
}

test.each([
  ['the anchor is the tip of the snapshot, and the blocks after it are stored', true, 3, [{ from: 4, to: 5 }]],
  ['without having seen the snapshot come, the anchor is the tip of now, and the rest is for backfill', false, 5, []],
])('blocks followed a snapshot before it was noticed: %s', async (_name, hasSeen, anchoredAt, stored) => {
  const directory = mkdtempSync(join(tmpdir(), 'store-step-'))
  const world = leader()
  for (let i = 0; i < 3; i++) world.block()
  const fsm = new BlockFsm(chain)
  const store = await openBlockStore({ directory: join(directory, 'blocks'), ...chain, genesisRoot: Uint8Array.of(1) })
  const guard = await openGuard({ directory: join(directory, 'guard'), chainId: 'c1', clusterId })
  const anchors: Anchor[] = []
  const step = new StoreStep({
    fsm,
    store,
    guard,
    firstHeight: nextHeight(fsm.state),
    startAnchor: undefined,
    rememberAnchor: (anchor) => Promise.resolve(void anchors.push(anchor)),
  })
  fsm.watch((change) => void (hasSeen && change.kind === 'restored' && step.onRestored(change.anchor)))

  await install(world.fsm, fsm)
  const atSnapshot = world.log.length
  for (let i = 0; i < 2; i++) world.block()
  fsm.apply(world.log.slice(atSnapshot))
  while (await step.advance(never));

  expect(anchors.map(({ height }) => height)).toEqual([anchoredAt])
  expect(store.status().blocks).toEqual(stored)
  expect([step.next, guard.mark()?.height]).toEqual([6, 5])
  await store.close()
  await guard.close()
  rmSync(directory, { recursive: true })
})

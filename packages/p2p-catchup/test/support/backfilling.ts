import {
  type Block,
  type CommittedBlock,
  encodeData,
  equalBytes,
  headerHash,
  type StoredRecord,
  type VerifyBatch,
} from 'block-fsm'
import { Backfill, type BackfillOptions, type HistoryPeers, MemoryHistoryStore, verifyHere } from 'p2p-catchup'
import { expect } from 'vitest'
import type { Chain } from './chain.ts'
import { realClock } from './clocks.ts'
import { FakePeers } from './fake-peers.ts'

export interface Backfilling<Peers> {
  readonly backfill: Backfill
  readonly store: MemoryHistoryStore
  readonly peers: Peers
}

type Options = Partial<Omit<BackfillOptions, 'peers' | 'store'>> & { readonly store?: MemoryHistoryStore }

/** A backfill of an empty store from peers that are told what to do; none at first. */
export function newBackfill(options?: Options): Backfilling<FakePeers>
export function newBackfill<Peers extends HistoryPeers>(options: Options, peers: Peers): Backfilling<Peers>
export function newBackfill(options: Options = {}, peers: HistoryPeers = new FakePeers()): Backfilling<HistoryPeers> {
  const { store = new MemoryHistoryStore(), limits, ...rest } = options
  const backfill = new Backfill({
    store,
    peers,
    clock: realClock,
    random: Math.random,
    unixTimeMs: () => 1_700_000_000_000,
    initialHeight: 1,
    verifyBatch: verifyHere,
    limits: { pauseMinMs: 1, pauseMaxMs: 20, hedgeMs: 20, ...limits },
    ...rest,
  })
  return { backfill, store, peers }
}

/** Where signatures are not what a test is about: a verification takes a tenth of a millisecond. */
export const believeSignatures: VerifyBatch = async (batch) => batch.map(() => true)

/** Runs a backfill until nothing is missing; rejects when it does. */
export async function complete(backfill: Backfill): Promise<void> {
  const controller = new AbortController()
  const running = backfill.run(controller.signal)
  const idle = backfill.idle(controller.signal).finally(() => controller.abort())
  await Promise.all([idle, running])
}

/** The store holds exactly the chain, sealed to its end, with the metadata that its maker gave it. */
export async function expectWhole(store: MemoryHistoryStore, chain: Chain): Promise<void> {
  const { length } = chain
  expect(store.status()).toMatchObject({ contiguous: length, sealed: length, headers: [{ from: 1, to: length }] })
  const records = await store.range(1, length, Number.POSITIVE_INFINITY)
  expect(records.filter((record, i) => !holds(record, chain.blocks[i]!)).map(({ height }) => height)).toEqual([])
}

function holds({ hash, data }: StoredRecord, block: Block): boolean {
  return (
    equalBytes(hash, headerHash(block.header)) &&
    data !== undefined &&
    equalBytes(encodeData(data), encodeData(block.data))
  )
}

/** Puts committed blocks without signatures. */
export async function seed(store: MemoryHistoryStore, blocks: readonly CommittedBlock[]): Promise<void> {
  await store.putBlocks(blocks)
}

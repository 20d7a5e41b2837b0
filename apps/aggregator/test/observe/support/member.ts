import { createHash, randomBytes } from 'node:crypto'
import { BlockFsm, type BlockStoreStatus, buildCandidate, emptySelection, type Verdict } from 'block-fsm'
import { RaftNode } from 'raft-core'
import { MemoryDisk, type MemoryHub, memoryStores } from 'raft-testkit'
import { systemClock } from '../../../src/node/platform.ts'
import { NodeMetrics } from '../../../src/observe/metrics/node-metrics.ts'
import type { MetricSources, ServiceState } from '../../../src/observe/metrics/sources.ts'
import { parseSamples } from './samples.ts'

export const emptyStore: BlockStoreStatus = {
  earliest: 1,
  contiguous: 0,
  highest: 0,
  executed: 0,
  executedRoot: new Uint8Array(0),
  sealed: 0,
  blocks: [],
  headers: [],
}

/** Metrics of a node that the configuration calls like this. */
export function newMetrics(nodeId: string, ids: readonly string[] = [nodeId]): NodeMetrics {
  const config = {
    raft: { nodeId, voters: ids.map((id) => ({ id, address: `${id}:1` })) },
    node: { blockTimeMs: 1000 },
    instrumentation: { namespace: 'evnode' },
  } as unknown as ConstructorParameters<typeof NodeMetrics>[0]['config']
  return new NodeMetrics({ config, chainId: 'c', clock: systemClock })
}

/** A Raft node with blocks, in memory, and its metrics. What is above Raft is as the test says. */
export class Member {
  readonly id: string
  readonly fsm: BlockFsm
  readonly raft: RaftNode<Verdict>
  readonly metrics: NodeMetrics
  readonly sources: MetricSources
  store: BlockStoreStatus = emptyStore
  service: ServiceState | undefined
  isReady = false
  readonly #stop = new AbortController()
  readonly #watching: Promise<void>

  constructor(hub: MemoryHub, id: string, ids: readonly string[], disk: MemoryDisk = new MemoryDisk()) {
    this.id = id
    this.metrics = newMetrics(id, ids)
    this.fsm = new BlockFsm({
      chainId: 'c',
      initialHeight: 1,
      genesisTimeNs: 1_000_000_000n,
      proposerAddress: new Uint8Array(32),
    })
    const stores = memoryStores(disk)
    this.raft = new RaftNode<Verdict>({
      id,
      address: `${id}:1`,
      formation: {
        chainId: 'c',
        genesisHash: '00',
        peers: ids.map((peer) => ({ id: peer, address: `${peer}:1` })),
        bootstrap: true,
        isEmpty: true,
      },
      ...stores,
      logStore: this.metrics.timedLog(stores.logStore),
      transport: hub.transport(id),
      fsm: this.fsm,
      clock: systemClock,
      random: { bytes: (length) => randomBytes(length) },
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      timing: { heartbeatTimeoutMs: 150, leaderLeaseTimeoutMs: 100 },
    })
    this.sources = {
      raft: this.raft,
      fsm: this.fsm,
      store: { status: () => this.store },
      journal: () => undefined,
      service: () => this.service,
      isReady: () => this.isReady,
      catchUp: () => undefined,
    }
    this.#watching = this.metrics.watch(this.sources, this.#stop.signal)
  }

  /** Builds the next block, a second after the last one, and waits until it is applied here. */
  async block(): Promise<void> {
    const { tip } = this.fsm.state
    const nowNs = (tip?.header.timeNs ?? 0n) + 1_000_000_000n
    const candidate = buildCandidate(this.fsm.state, { nowNs, appHash: Uint8Array.of(1), selection: emptySelection })
    const { verdict } = await this.raft.propose(candidate.command)
    if (verdict.kind !== 'accepted') throw new Error(`the block was ${verdict.kind}`)
  }

  /** A sample as the next scrape shows it. */
  async sample(series: string): Promise<number | undefined> {
    return parseSamples(await this.metrics.text()).values.get(series)
  }

  /** Waits until a scrape shows this value; the test's own time limit ends a wait for ever. */
  async shows(series: string, value: number): Promise<void> {
    while ((await this.sample(series)) !== value) await new Promise((resolve) => setImmediate(resolve))
  }

  async close(): Promise<void> {
    await this.raft.stop()
    this.#stop.abort(new Error('the test is over'))
    await this.#watching
  }
}

/** Resolves with the member that leads and has applied its opening. */
export async function leaderOf(members: readonly Member[]): Promise<Member> {
  for (;;) {
    const found = members.find(({ raft, fsm }) => {
      const { role, term } = raft.status()
      return role === 'leader' && fsm.state.opening?.term === term
    })
    if (found) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}

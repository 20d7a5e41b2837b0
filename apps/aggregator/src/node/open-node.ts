import { mkdir } from 'node:fs/promises'
import { type KvExecutor, openKvExecutor } from 'block-executors'
import type { ChainFacts } from 'block-fsm'
import { type GuardEvidence, type GuardSummary, guardedSigner, openGuard, readGuard } from 'block-signer'
import { type LevelBlockStore, openBlockStore, openJournal } from 'block-store-level'
import { type RaftDirectory, raftDirectory } from 'raft-store-level'
import { tcpTransport } from 'raft-transport-tcp'
import { type Config, formatHostPort } from '../config/index.ts'
import { genesisHash } from '../genesis/genesis.ts'
import type { Logger } from '../observe/logger.ts'
import { NodeMetrics } from '../observe/metrics/node-metrics.ts'
import { comparedLogStore } from '../start-up/compared-log-store.ts'
import { type RaftDirectoryFacts, readRaftDirectory } from '../start-up/raft-facts.ts'
import { type Home, readHome } from '../start-up/read-home.ts'
import { checkStart } from '../start-up/start-check.ts'
import { AggregatorNode } from './aggregator-node.ts'
import { type HomePaths, homePaths } from './home.ts'
import { noTransport } from './no-transport.ts'
import { systemClock, systemRandom } from './platform.ts'

/**
 * Opens everything that a node of this home is made of. Errors say what to do; nothing that was opened stays open, and what can
 * be wrong is looked at before anything is made.
 */
export async function openNode(config: Config, logger: Logger): Promise<AggregatorNode> {
  const paths = homePaths(config)
  const home = await readHome(config, paths, logger)
  if (!home.isProposer)
    logger.warn({}, "signer.json is not the proposer's key: this member stores and votes, and never leads")
  const chain: ChainFacts = { ...home.genesis, genesisTimeNs: home.genesis.startTimeNs }
  const stores = raftDirectory({ directory: paths.raft, retainSnapshots: config.raft.snapCount, logger })
  const raft = await readRaftDirectory(paths.raft, stores, chain)
  const guard = await readGuard(paths.guard)
  const executor = await openExecutor(config, paths)
  try {
    const { stateRoot: genesisRoot } = await executor.initChain(chain)
    const store = await openBlockStore({ directory: paths.blocks, ...chain, genesisRoot })
    try {
      return await putTogether({ config, paths, home, chain, stores, raft, guard, executor, store, logger })
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    await executor.close()
    throw error
  }
}

async function openExecutor({ kv }: Config, { executor }: HomePaths): Promise<KvExecutor> {
  await mkdir(executor, { recursive: true })
  return openKvExecutor({ directory: executor, stateRoot: kv.stateRoot })
}

interface Opened {
  readonly config: Config
  readonly paths: HomePaths
  readonly home: Home
  readonly chain: ChainFacts
  readonly stores: RaftDirectory
  readonly raft: RaftDirectoryFacts
  readonly guard: GuardSummary | undefined
  readonly executor: KvExecutor
  readonly store: LevelBlockStore
  readonly logger: Logger
}

async function putTogether(opened: Opened): Promise<AggregatorNode> {
  const { config, paths, home, stores, store, executor, logger } = opened
  const { genesis, key, isProposer } = home
  const { chainId } = genesis
  const { raft } = config
  const start = await checkStart({
    ...opened,
    genesisHash: genesisHash(genesis),
    configuredVoters: raft.voters.length,
    keepsGuard: isProposer,
    now: Date.now,
  })
  const metrics = config.instrumentation.prometheus
    ? new NodeMetrics({ config, chainId, clock: systemClock })
    : undefined
  const log = comparedLogStore(stores.logStore, start.compareLog)
  return new AggregatorNode({
    config,
    genesis,
    raftStores: { ...stores, logStore: metrics?.timedLog(log) ?? log },
    store,
    executor,
    transport:
      raft.enable && raft.raftAddr
        ? tcpTransport({
            bindAddress: formatHostPort(raft.raftAddr),
            clock: systemClock,
            random: Math.random,
            logger,
            ...(metrics && { metrics: metrics.transport }),
          })
        : noTransport,
    nodeKeySeed: home.nodeKey.seed,
    openJournal: (bootCounter) =>
      openJournal({
        directory: paths.journal,
        chainId,
        bootCounter,
        random: (length) => systemRandom.bytes(length),
        logger,
      }),
    openSigning: async (clusterId) => {
      await store.manage(clusterId)
      if (!isProposer) return undefined
      await mkdir(paths.guard, { recursive: true, mode: 0o700 })
      const opening = { directory: paths.guard, chainId, clusterId, limitBytes: config.signer.guardLimitBytes }
      const guard = await openGuard({ ...opening, onEvidence: keepIn(store, logger) })
      return { guard, signer: guardedSigner(key, guard) }
    },
    isEmpty: start.isEmpty,
    clock: systemClock,
    wallClockNs: () => BigInt(Date.now()) * 1_000_000n,
    metrics,
    logger,
  })
}

/** A second hash for a height, beside the guard's own file also among the evidence of the block store. */
function keepIn(store: LevelBlockStore, logger: Logger): (evidence: GuardEvidence) => void {
  return (evidence) => {
    logger.error({ ...evidence }, 'a second hash for a height was refused; this node signs nothing more')
    const { height } = evidence
    const bytes = Buffer.from(JSON.stringify(evidence))
    store
      .putEvidence({ kind: 'double-sign', height, bytes, atMs: Date.now() })
      .catch((error: unknown) => logger.error({ err: error, height }, 'the evidence is in the guard only'))
  }
}

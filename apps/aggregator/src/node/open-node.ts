import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { openKvExecutor } from 'block-executors'
import { addressOf, equalBytes } from 'block-fsm'
import { guardedSigner, openGuard, openSignerFile } from 'block-signer'
import { openBlockStore, openJournal } from 'block-store-level'
import { loadNodeKey } from 'p2p-catchup'
import { tcpTransport } from 'raft-transport-tcp'
import { type Config, formatHostPort } from '../config/index.ts'
import { AggregatorError } from '../errors.ts'
import { parseGenesis } from '../genesis/genesis.ts'
import type { Logger } from '../observe/logger.ts'
import { AggregatorNode } from './aggregator-node.ts'
import { homePaths } from './home.ts'
import { noTransport } from './no-transport.ts'
import { readPassphrase } from './passphrase.ts'
import { systemClock, systemRandom } from './platform.ts'

/** Opens everything that a node of this home is made of. Errors say what to do, and nothing that was opened stays open. */
export async function openNode(config: Config, logger: Logger): Promise<AggregatorNode> {
  const paths = homePaths(config)
  const genesis = parseGenesis(await readGenesis(paths.genesis), paths.genesis)
  const { chainId, initialHeight, startTimeNs, proposerAddress } = genesis
  requireBegun(startTimeNs)
  const key = await openSignerFile(paths.signer, await readPassphrase(paths.passphrase, logger))
  const nodeKey = await loadNodeKey(paths.nodeKey)
  const isProposer = equalBytes(addressOf(key.publicKey), proposerAddress)
  if (!isProposer)
    logger.warn({}, "signer.json is not the proposer's key: this member stores and votes, and never leads")
  const hadGuard = existsSync(paths.guard)
  await mkdir(paths.executor, { recursive: true })
  const executor = await openKvExecutor({ directory: paths.executor, stateRoot: config.kv.stateRoot })
  const { stateRoot: genesisRoot } = await executor.initChain({ chainId, initialHeight, genesisTimeNs: startTimeNs })
  const store = await openBlockStore({ directory: paths.blocks, chainId, initialHeight, genesisRoot }).catch(
    async (error: unknown) => {
      await executor.close()
      throw error
    },
  )
  return new AggregatorNode({
    config,
    genesis,
    store,
    executor,
    transport:
      config.raft.enable && config.raft.raftAddr
        ? tcpTransport({
            bindAddress: formatHostPort(config.raft.raftAddr),
            clock: systemClock,
            random: Math.random,
            logger,
          })
        : noTransport,
    nodeKeySeed: nodeKey.seed,
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
      const guard = await openGuard({ directory: paths.guard, chainId, clusterId })
      return { guard, signer: guardedSigner(key, guard) }
    },
    isEmpty: store.status().headers.length === 0 && !hadGuard,
    clock: systemClock,
    wallClockNs: () => BigInt(Date.now()) * 1_000_000n,
    logger,
  })
}

async function readGenesis(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new AggregatorError('HOME_UNUSABLE', `${path} cannot be read; "aggregator init" makes it`, { cause })
  }
}

/** Blocks before the genesis time would go back in time. */
function requireBegun(startTimeNs: bigint): void {
  const aheadMs = Number(startTimeNs / 1_000_000n) - Date.now()
  if (aheadMs <= 0) return
  throw new AggregatorError(
    'GENESIS_INVALID',
    `the chain begins in ${Math.ceil(aheadMs / 1000)} s; look at the clock, or wait`,
  )
}

import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { addressOf } from 'block-fsm'
import { createSignerFile } from 'block-signer'
import type { Command } from 'commander'
import { renderDefaultToml } from '../config/index.ts'
import { AggregatorError } from '../errors.ts'
import { renderGenesis } from '../genesis/genesis.ts'
import { type HomePaths, homePaths } from '../node/home.ts'
import { readConfig } from './read-config.ts'

interface InitOptions {
  readonly chain_id: string
  readonly from?: string
}

/** `aggregator init`: makes a home: configuration, genesis, proposer key and passphrase, node key. Overwrites nothing. */
export function registerInit(program: Command, configArgs: readonly string[]): void {
  program
    .command('init')
    .description('make a home: genesis, keys, configuration')
    .option('--chain_id <id>', 'id of a new chain', 'aggregator-1')
    .option('--from <home>', 'join the chain of another home: take its genesis and proposer key')
    .action((options: InitOptions) => init(configArgs, options))
}

async function init(configArgs: readonly string[], options: InitOptions): Promise<void> {
  const { config, keys } = readConfig(configArgs, 'other')
  const paths = homePaths(config)
  const files = [paths.genesis, paths.signer, paths.passphrase, paths.nodeKey]
  const present = files.find((path) => existsSync(path))
  if (present) throw new AggregatorError('HOME_EXISTS', `${present} is there already; init overwrites nothing`)
  for (const path of files) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (options.from === undefined) await beginChain(paths, options.chain_id)
  else await takeOver(paths, options.from)
  const { createNodeKey } = await import('p2p-catchup')
  const { peerId } = await createNodeKey(paths.nodeKey, randomBytes)
  const toml = join(config.home, 'config', 'config.toml')
  if (!existsSync(toml)) await writeFile(toml, renderDefaultToml(keys), { mode: 0o600, flag: 'wx' })
  process.stdout.write(`home=${config.home}\npeer_id=${peerId}\n`)
}

async function beginChain(paths: HomePaths, chainId: string): Promise<void> {
  const passphrase = randomBytes(24).toString('base64url')
  await writeFile(paths.passphrase, `${passphrase}\n`, { mode: 0o600, flag: 'wx' })
  const key = await createSignerFile({ path: paths.signer, passphrase, seed: randomBytes(32), random: randomBytes })
  const genesis = renderGenesis({
    chainId,
    startTimeNs: BigInt(Date.now()) * 1_000_000n,
    initialHeight: 1,
    proposerAddress: addressOf(key.publicKey),
    daStartHeight: 0,
    daEpochForcedInclusion: 50,
  })
  await writeFile(paths.genesis, genesis, { mode: 0o600, flag: 'wx' })
}

/** All members of a cluster have one genesis and one proposer key; each has a node key of its own. */
async function takeOver(paths: HomePaths, from: string): Promise<void> {
  const copies: readonly (readonly [string, string])[] = [
    [join(from, 'config', 'genesis.json'), paths.genesis],
    [join(from, 'config', 'signer.json'), paths.signer],
    [join(from, 'config', 'passphrase'), paths.passphrase],
  ]
  for (const [source, target] of copies) {
    try {
      await copyFile(source, target)
    } catch (cause) {
      throw new AggregatorError('HOME_UNUSABLE', `${source} cannot be copied; is ${from} a home that init made?`, {
        cause,
      })
    }
  }
}

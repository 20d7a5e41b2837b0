import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { renderDefaultToml } from '../config/index.ts'
import { AggregatorError } from '../errors.ts'
import { isChainId, parseGenesis, renderGenesis } from '../genesis/genesis.ts'
import { type HomePaths, homePaths } from '../node/home.ts'
import { checkDirectories, fileCodeOf } from '../start-up/check-directories.ts'
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
    .addOption(
      new Option('--from <home>', 'join the chain of another home: take its genesis and proposer key').conflicts(
        'chain_id',
      ),
    )
    .action((options: InitOptions) => init(configArgs, options))
}

async function init(configArgs: readonly string[], options: InitOptions): Promise<void> {
  const { config, keys } = readConfig(configArgs, 'other')
  const paths = homePaths(config)
  const files = [paths.genesis, paths.signer, paths.passphrase, paths.nodeKey]
  const present = files.find((path) => existsSync(path))
  if (present) throw new AggregatorError('HOME_EXISTS', `${present} is there already; init overwrites nothing`)
  if (options.from === undefined && !isChainId(options.chain_id))
    throw new AggregatorError('USAGE', 'chain_id is not 1 to 128 printable characters; write another')
  const source = options.from === undefined ? undefined : await readMember(options.from)
  await checkDirectories(files.map((path) => dirname(path)))
  for (const path of files) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (source === undefined) await beginChain(paths, options.chain_id)
  else await takeOver(paths, source)
  const { createNodeKey } = await import('p2p-catchup/node-key')
  const { peerId } = await createNodeKey(paths.nodeKey, randomBytes)
  const toml = join(config.home, 'config', 'config.toml')
  if (!existsSync(toml)) await writeFile(toml, renderDefaultToml(keys), { mode: 0o600, flag: 'wx' })
  process.stdout.write(`home=${config.home}\npeer_id=${peerId}\n`)
}

async function beginChain(paths: HomePaths, chainId: string): Promise<void> {
  // The other commands do without.
  const [{ addressOf }, { createSignerFile }] = await Promise.all([import('block-fsm'), import('block-signer')])
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

/** What all members of a cluster have in common; each has a node key of its own. */
interface Member {
  readonly genesis: string
  readonly signer: string
  readonly passphrase: string
}

/** Reads it all before anything is made. */
async function readMember(from: string): Promise<Member> {
  const read = async (name: string): Promise<string> => {
    const path = join(from, 'config', name)
    try {
      return await readFile(path, 'utf8')
    } catch (cause) {
      const message = `${path} cannot be read (${fileCodeOf(cause)}); is ${from} a home that init made?`
      throw new AggregatorError('HOME_UNUSABLE', message, { cause })
    }
  }
  const genesis = await read('genesis.json')
  parseGenesis(genesis, join(from, 'config', 'genesis.json'))
  return { genesis, signer: await read('signer.json'), passphrase: await read('passphrase') }
}

async function takeOver(paths: HomePaths, { genesis, signer, passphrase }: Member): Promise<void> {
  await writeFile(paths.genesis, genesis, { mode: 0o600, flag: 'wx' })
  await writeFile(paths.signer, signer, { mode: 0o600, flag: 'wx' })
  await writeFile(paths.passphrase, passphrase, { mode: 0o600, flag: 'wx' })
}

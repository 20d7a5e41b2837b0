import { readFile, stat } from 'node:fs/promises'
import { addressOf, equalBytes } from 'block-fsm'
import { type Ed25519Key, openSignerFile, SignerError } from 'block-signer'
import { loadNodeKey, type NodeKey } from 'p2p-catchup'
import type { Config } from '../config/index.ts'
import { AggregatorError } from '../errors.ts'
import { type Genesis, parseGenesis } from '../genesis/genesis.ts'
import type { HomePaths } from '../node/home.ts'
import { readPassphrase } from '../node/passphrase.ts'
import type { Logger } from '../observe/logger.ts'
import { checkDirectories, fileCodeOf } from './check-directories.ts'
import { checkPorts } from './check-ports.ts'
import { findEvNodeData } from './ev-node-home.ts'
import { livingOwner } from './home-owner.ts'
import { allOf, SeveralErrors } from './several-errors.ts'
import { StartRefusedError } from './start-refused-error.ts'

/** What a home says of chain and key. */
export interface Home {
  readonly genesis: Genesis
  readonly key: Ed25519Key
  /** The key is that of the chain's proposer: this member may lead. */
  readonly isProposer: boolean
  /** The libp2p identity. */
  readonly nodeKey: NodeKey
}

/**
 * Reads what `init` made and looks whether a node can run here. Makes and writes nothing, so that a start that fails leaves
 * the home as it was; everything that is in the way is reported at once.
 */
export async function readHome(config: Config, paths: HomePaths, logger: Logger): Promise<Home> {
  await requireHome(config.home)
  let genesis: Genesis | undefined
  let key: Ed25519Key | undefined
  let nodeKey: NodeKey | undefined
  await allOf([
    async () => {
      genesis = await readGenesis(paths.genesis)
    },
    async () => {
      key = await readKey(paths, logger)
    },
    async () => {
      nodeKey = await loadNodeKey(paths.nodeKey)
    },
    () => checkDirectories([paths.raft, paths.blocks, paths.journal, paths.guard, paths.executor]),
    async () => {
      const found = await findEvNodeData(paths, config.dbPath)
      if (found) throw new StartRefusedError([found])
    },
    () => checkPortsOf(config, paths),
  ])
  const isProposer = equalBytes(addressOf(key!.publicKey), genesis!.proposerAddress)
  return { genesis: genesis!, key: key!, nodeKey: nodeKey!, isProposer }
}

/** Without it everything else is missing too, and that is not worth a line each. */
async function requireHome(home: string): Promise<void> {
  const status = await stat(home).catch((error: unknown) => fileCodeOf(error))
  if (status === 'ENOENT') {
    throw new AggregatorError('HOME_UNUSABLE', `${home} is not there; "aggregator init --home ${home}" makes a home`)
  }
  if (typeof status === 'string') throw new AggregatorError('HOME_UNUSABLE', `${home} cannot be read (${status})`)
  if (!status.isDirectory()) throw new AggregatorError('HOME_UNUSABLE', `${home} is no directory; use another home`)
}

async function readGenesis(path: string): Promise<Genesis> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const code = fileCodeOf(cause)
    const what = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
    const remedy = 'copy it from another member; "aggregator init" makes one for a new chain'
    throw new AggregatorError('HOME_UNUSABLE', `${path} ${what}; ${remedy}`, { cause })
  }
  const genesis = parseGenesis(text, path)
  requireBegun(genesis.startTimeNs)
  return genesis
}

/** Blocks before the genesis time would go back in time. */
function requireBegun(startTimeNs: bigint): void {
  const aheadMs = Number(startTimeNs / 1_000_000n) - Date.now()
  if (aheadMs <= 0) return
  throw new AggregatorError(
    'GENESIS_INVALID',
    `the chain begins in ${Math.ceil(aheadMs / 1000)} s; look at the clock of this machine, or wait`,
  )
}

/** Passphrase and key file are two mistakes: a broken file is named also when there is no passphrase to try. */
async function readKey({ signer, passphrase }: HomePaths, logger: Logger): Promise<Ed25519Key> {
  let secret: string | undefined
  let key: Ed25519Key | undefined
  await allOf([
    async () => {
      secret = await readPassphrase(passphrase, logger)
    },
    async () => {
      try {
        key = await openSignerFile(signer, secret ?? '', {
          onWarning: (warning) => logger.warn({ path: warning.path }, keyWarnings[warning.kind]),
        })
      } catch (error) {
        const isUntold = secret === undefined && error instanceof SignerError && error.code === 'PASSPHRASE_WRONG'
        if (!isUntold) throw error
      }
    },
  ])
  return key!
}

const keyWarnings = {
  'loose-permissions': 'others may read or write the key file; make it 0600',
  'weak-derivation': 'the key file has no salt, so that its passphrase can be guessed cheaply; make it anew',
} as const

/** A port in use and a home in use are often the same node, started twice. */
async function checkPortsOf(config: Config, { blocks }: HomePaths): Promise<void> {
  try {
    await checkPorts(config)
  } catch (error) {
    const owner = error instanceof SeveralErrors ? await livingOwner(blocks) : undefined
    if (!(error instanceof SeveralErrors) || owner === undefined) throw error
    const held = new AggregatorError('HOME_IN_USE', `${config.home} is held by ${owner}; stop it first`)
    throw new SeveralErrors('PORT_IN_USE', [...error.errors, held])
  }
}

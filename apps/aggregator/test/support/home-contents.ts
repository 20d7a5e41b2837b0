import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { openKvExecutor } from 'block-executors'
import { toHex } from 'block-fsm'
import { openBlockStore } from 'block-store-level'
import type { Entry, OpenedLog } from 'raft-core'
import { raftDirectory } from 'raft-store-level'
import { answered } from '../../src/start-up/answered.ts'
import { parseGenesis } from '../../src/genesis/genesis.ts'

/** Everything that a home that nobody uses holds, to compare before and after. */
export interface HomeContents {
  /** SHA-256 of every file, by its path, but for the insides of databases, who opened them, and the count of starts. */
  readonly files: Readonly<Record<string, string>>
  /** Hash of each stored block, by height. */
  readonly blocks: Readonly<Record<number, string>>
  /** Kinds of the evidence in the block store, oldest first. */
  readonly evidence: readonly string[]
  /** SHA-256 of each entry in Raft's log, by index. */
  readonly log: Readonly<Record<number, string>>
}

/** Reads a home as its own stores do. */
export async function contentsOf(home: string): Promise<HomeContents> {
  return { ...(await storeOf(home)), log: await logOf(join(home, 'raft')), files: hashesOf(home) }
}

/** Names of all files and directories below a place, sorted; none when it is not there. */
export function namesBelow(directory: string): readonly string[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()
}

function hashesOf(home: string): Record<string, string> {
  const files: Record<string, string> = {}
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(home, path)
    const isVolatile = /(^|\/)(db|lock)\//.test(name) || name.endsWith('owner.json') || name === 'raft/identity.bin'
    if (entry.isFile() && !isVolatile) files[name] = sha256(readFileSync(path))
  }
  return files
}

async function storeOf(home: string): Promise<Pick<HomeContents, 'blocks' | 'evidence'>> {
  if (!existsSync(join(home, 'data', 'blocks'))) return { blocks: {}, evidence: [] }
  const genesis = parseGenesis(readFileSync(join(home, 'config', 'genesis.json'), 'utf8'), 'genesis.json')
  const executor = await openKvExecutor({ directory: join(home, 'data', 'executor'), stateRoot: 'hashed' })
  const { stateRoot: genesisRoot } = await executor.initChain({ ...genesis, genesisTimeNs: genesis.startTimeNs })
  const store = await openBlockStore({ directory: join(home, 'data', 'blocks'), ...genesis, genesisRoot })
  const blocks: Record<number, string> = {}
  const { headers } = store.status()
  for (const { from, to } of headers)
    for (let height = from; height <= to; height++) blocks[height] = toHex((await store.get(height))!.hash)
  const evidence = (await store.evidence()).map(({ kind }) => kind)
  await store.close()
  await executor.close()
  return { blocks, evidence }
}

async function logOf(directory: string): Promise<Record<number, string>> {
  const hashes: Record<number, string> = {}
  if (!existsSync(join(directory, 'log'))) return hashes
  const { logStore } = raftDirectory({ directory })
  const { base, lastIndex } = await answered<OpenedLog>((done) => logStore.open(done))
  for (let index = base.index + 1; index <= lastIndex; index++) {
    const [entry] = await answered<readonly Entry[]>((done) => logStore.read(index, index + 1, 1, done))
    hashes[index] = sha256(entry!.record)
  }
  await answered<void>((done) => logStore.close(done))
  return hashes
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Index of the last entry in a Raft log. */
export async function lastIndexOf(home: string): Promise<number> {
  const { logStore } = raftDirectory({ directory: join(home, 'raft') })
  const { lastIndex } = await answered<OpenedLog>((done) => logStore.open(done))
  await answered<void>((done) => logStore.close(done))
  return lastIndex
}

import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { HomePaths } from '../node/home.ts'
import type { Refusal } from './finding.ts'

/** hashicorp/raft's stores in BoltDB, by the names that ev-node gives them. */
const boltFiles = ['raft-log.db', 'raft-stable.db']

/** Files that every Badger directory has. */
const badgerFiles = /^(KEYREGISTRY|DISCARD|\d{6}\.vlog)$/

/** Directories looked into; a home has a handful. */
const directoryLimit = 64

/**
 * Refuses a home in which ev-node's data lies and none of ours: its chain would be begun anew at the same heights with the same
 * key. Undefined for every other home. Only looks.
 */
export async function findEvNodeData(paths: HomePaths, dbPath: string): Promise<Refusal | undefined> {
  if (existsSync(join(paths.raft, 'identity.bin')) || existsSync(join(paths.blocks, 'db'))) return undefined
  const found = boltFiles.map((name) => join(paths.raft, name)).find((path) => existsSync(path))
  const database = found ?? (await badgerIn(dbPath))
  if (database === undefined) return undefined
  return {
    kind: 'refusal',
    code: 'EV_NODE_HOME',
    message: `${database} is data of ev-node, which cannot be taken over yet; use a home of its own for a new chain, and leave this one to ev-node`,
    runbook: 'ev-node-home',
  }
}

async function badgerIn(dbPath: string): Promise<string | undefined> {
  if (!statSync(dbPath, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const entries = await readdir(dbPath, { withFileTypes: true })
  const directories = entries.filter((entry) => entry.isDirectory()).slice(0, directoryLimit)
  for (const { name } of directories) {
    const directory = join(dbPath, name)
    if ((await readdir(directory)).some((file) => badgerFiles.test(file))) return directory
  }
  return undefined
}

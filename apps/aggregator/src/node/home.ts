import { join } from 'node:path'
import type { Config } from '../config/index.ts'

/** Where things are in a node's home. */
export interface HomePaths {
  readonly genesis: string
  readonly signer: string
  readonly passphrase: string
  readonly nodeKey: string
  readonly raft: string
  readonly blocks: string
  readonly journal: string
  readonly guard: string
  readonly executor: string
}

export function homePaths(config: Pick<Config, 'home' | 'dbPath' | 'raft' | 'signer'>): HomePaths {
  const { home, dbPath, raft, signer } = config
  return {
    genesis: join(home, 'config', 'genesis.json'),
    signer: join(signer.signerPath, 'signer.json'),
    passphrase: signer.passphraseFile,
    nodeKey: join(home, 'config', 'node_key.json'),
    raft: raft.raftDir,
    blocks: join(dbPath, 'blocks'),
    journal: join(dbPath, 'journal'),
    guard: join(dbPath, 'guard'),
    executor: join(dbPath, 'executor'),
  }
}

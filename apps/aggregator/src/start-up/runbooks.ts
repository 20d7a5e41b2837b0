import { RaftError } from 'raft-core'

/** The pages in `docs/runbooks/`, by the name of their file without `.md`. */
export type Runbook = (typeof runbooks)[number]

/** One page for each family of refusals. */
export const runbooks = [
  'raft-directory-lost',
  'raft-directory-older',
  'two-blocks-at-one-height',
  'other-chain-or-cluster',
  'ev-node-home',
  'executor-differs',
  'damaged-data',
  'home-and-keys',
  'in-use',
  'waiting-for-a-cluster',
] as const

/** Where a page is, from the top of the repository and of the installed documentation. */
export function runbookPath(runbook: Runbook): string {
  return `docs/runbooks/${runbook}.md`
}

/**
 * The page for an error by which a node stops, by its code or, where raft-core only says what it was doing, by that of its cause;
 * undefined when its message is all there is to say. The codes of all packages differ where their pages do.
 */
export function runbookOf(error: unknown): Runbook | undefined {
  if (!(error instanceof Error)) return undefined
  const byCause = error instanceof RaftError ? runbookOf(error.cause) : undefined
  return byCause ?? pages['code' in error ? String(error.code) : '']
}

const pages: Readonly<Record<string, Runbook | undefined>> = {
  NOT_EMPTY: 'raft-directory-lost',
  CONFLICT: 'two-blocks-at-one-height',
  DOUBLE_SIGN: 'two-blocks-at-one-height',
  DIVERGED: 'two-blocks-at-one-height',
  FORK: 'two-blocks-at-one-height',
  FOREIGN_DIRECTORY: 'other-chain-or-cluster',
  FOREIGN_CHAIN: 'other-chain-or-cluster',
  FOREIGN_CLUSTER: 'other-chain-or-cluster',
  GUARD_FOREIGN: 'other-chain-or-cluster',
  STATE_ROOT_DIFFERS: 'executor-differs',
  ROOT_DIFFERS: 'executor-differs',
  STATE_MISMATCH: 'executor-differs',
  LOG_DAMAGED: 'damaged-data',
  GUARD_DAMAGED: 'damaged-data',
  DAMAGED: 'damaged-data',
  STORAGE_FAILED: 'damaged-data',
  WRITE_FAILED: 'damaged-data',
  READ_FAILED: 'damaged-data',
  FORMAT_UNKNOWN: 'damaged-data',
  FORMAT_NEWER: 'damaged-data',
  GUARD_FORMAT: 'damaged-data',
  FSM_FAILED: 'damaged-data',
  GENESIS_INVALID: 'home-and-keys',
  HOME_UNUSABLE: 'home-and-keys',
  KEY_FILE_MISSING: 'home-and-keys',
  KEY_FILE_UNREADABLE: 'home-and-keys',
  KEY_FILE_BROKEN: 'home-and-keys',
  PASSPHRASE_WRONG: 'home-and-keys',
  NODE_KEY_MISSING: 'home-and-keys',
  NODE_KEY_INVALID: 'home-and-keys',
  NODE_KEY_UNUSABLE: 'home-and-keys',
  DIRECTORY_UNUSABLE: 'home-and-keys',
  GUARD_UNUSABLE: 'home-and-keys',
  PORT_IN_USE: 'in-use',
  HOME_IN_USE: 'in-use',
  LISTEN_FAILED: 'in-use',
  DIRECTORY_LOCKED: 'in-use',
  GUARD_LOCKED: 'in-use',
}

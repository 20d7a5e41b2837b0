import { join } from 'node:path'
import type { DoubleSignGuard } from 'block-fsm'
import { type GuardEvidence, reasonOf, SignerError } from '../errors.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { EvidenceFile } from './evidence-file.ts'
import { FileGuard } from './file-guard.ts'
import { GuardFile, readGuardFile } from './guard-file.ts'
import type { GuardStamp } from './guard-head.ts'
import { GuardMemory, type Place } from './guard-memory.ts'

export interface GuardOptions extends GuardStamp {
  /** Directory of the guard alone; made if it is not there. */
  readonly directory: string
  /** Told of a second hash for a height, besides `evidence.jsonl` in the directory. */
  readonly onEvidence?: (evidence: GuardEvidence) => void
  /** Records kept, 64 bytes each; beyond it the oldest quarter is forgotten. Default 16 MiB: 262,144 heights. */
  readonly limitBytes?: number
  /** For evidence and the owner's name. Default: the system's clock. */
  readonly now?: () => Date
}

/** What a guard says to somebody who does not hold it. */
export interface GuardSummary extends GuardStamp {
  readonly mark: Place | undefined
}

const defaultLimitBytes = 16 * 1024 * 1024

/**
 * Opens a `DoubleSignGuard` on an append-only file: one fsync before a block's first signature.
 *
 * The first opening stamps it with chain and cluster id; later ones with another are `GUARD_FOREIGN`. `GUARD_LOCKED` names the
 * process that holds it, `GUARD_DAMAGED` a record that was durable once and cannot be read; a half-written last write, which
 * nobody was told of, is cut off.
 */
export async function openGuard(options: GuardOptions): Promise<DoubleSignGuard> {
  const { directory, onEvidence, limitBytes = defaultLimitBytes, now = () => new Date() } = options
  const stamp: GuardStamp = { chainId: options.chainId, clusterId: options.clusterId }
  const lock = await lockDirectory(directory, now())
  try {
    const path = pathIn(directory)
    const contents = await readGuardFile(path)
    if (contents) requireSameStamp(directory, contents.stamp, stamp)
    const file = await GuardFile.open(path, stamp, contents)
    const evidence = new EvidenceFile({ path: join(directory, 'evidence.jsonl'), stamp, now, onEvidence })
    return new FileGuard({ file, memory: new GuardMemory(contents?.records ?? []), evidence, lock, limitBytes })
  } catch (error) {
    throw await released(lock, directory, error)
  }
}

/** Reads whose a guard is and where its mark stands, also while a process holds it; undefined when there is none. */
export async function readGuard(directory: string): Promise<GuardSummary | undefined> {
  const contents = await readGuardFile(pathIn(directory))
  return contents && { ...contents.stamp, mark: new GuardMemory(contents.records).mark }
}

function pathIn(directory: string): string {
  return join(directory, 'guard.bin')
}

function requireSameStamp(directory: string, found: GuardStamp, wanted: GuardStamp): void {
  if (found.chainId !== wanted.chainId) {
    throw new SignerError(
      'GUARD_FOREIGN',
      `the guard in ${directory} belongs to chain "${found.chainId}", not "${wanted.chainId}"; use another directory`,
    )
  }
  if (found.clusterId === wanted.clusterId) return
  throw new SignerError(
    'GUARD_FOREIGN',
    `the guard in ${directory} is managed by cluster ${found.clusterId}, not ${wanted.clusterId}; a second cluster with the same key would sign a second chain`,
  )
}

async function released(lock: DirectoryLock, directory: string, error: unknown): Promise<unknown> {
  await lock.release()
  if (error instanceof SignerError) return error
  return new SignerError('GUARD_UNUSABLE', `the guard in ${directory} cannot be read: ${reasonOf(error)}`, {
    cause: error,
  })
}

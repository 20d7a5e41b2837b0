import { type BlockStore, type ChainFacts, type Executor, type Hash, type Height } from 'block-fsm'
import type { GuardSummary } from 'block-signer'
import type { LogStore, OpenedLog } from 'raft-core'
import type { Logger } from '../observe/logger.ts'
import { compareAtStart } from './compare-at-start.ts'
import { keepEvidence } from './evidence.ts'
import type { LogFacts, StartFacts } from './facts.ts'
import type { Note, Refusal } from './finding.ts'
import { lastBlockInLog } from './last-block-in-log.ts'
import type { RaftDirectoryFacts } from './raft-facts.ts'
import { runbookPath } from './runbooks.ts'
import { StartRefusedError } from './start-refused-error.ts'

/** raft-core's default limit of entries that a node applies beyond its own durable log. */
const appliedAheadEntries = 1024

/** What a start is checked with. */
export interface StartParts {
  readonly chain: ChainFacts
  /** Hex SHA-256 of the genesis. */
  readonly genesisHash: string
  readonly raft: RaftDirectoryFacts
  /** Voters that the configuration names. */
  readonly configuredVoters: number
  readonly store: BlockStore & { readonly clusterId: string | undefined }
  readonly guard: GuardSummary | undefined
  readonly keepsGuard: boolean
  readonly executor: Executor
  readonly now: () => number
  readonly logger: Logger
}

/** A start that was found safe, except for what the log will say. */
export interface StartCheck {
  /** Nothing of this node was ever decided, voted or signed. */
  readonly isEmpty: boolean
  /** Compares again, with the log, as it is opened. */
  readonly compareLog: (opened: OpenedLog, log: Pick<LogStore, 'read'>) => Promise<void>
}

/**
 * Compares what the parts of a home hold, without changing anything but the evidence that is kept of two hashes for one
 * height. Rejects with `StartRefusedError`; what comes back by itself is logged.
 */
export async function checkStart(parts: StartParts): Promise<StartCheck> {
  const facts = await gatherFacts(parts)
  await settle(parts, facts, false)
  return {
    isEmpty: facts.store.status.headers.length === 0 && facts.guard?.mark === undefined,
    compareLog: async (opened, log) => {
      const lastBlock = await lastBlockInLog(log, opened)
      const logFacts: LogFacts = { lastBlock, appliedAheadEntries }
      await settle(parts, { ...facts, raft: { ...facts.raft, log: logFacts } }, true)
    },
  }
}

async function gatherFacts(parts: StartParts): Promise<StartFacts> {
  const { chain, genesisHash, store, guard, executor, keepsGuard } = parts
  const { founding, snapshotTip } = parts.raft
  const isSoleVoter = founding?.servers.length === 1 && parts.configuredVoters === 1
  const { height, stateRoot } = await executor.getInfo()
  return {
    chainId: chain.chainId,
    genesisHash,
    initialHeight: chain.initialHeight,
    raft: { founding, snapshotTip, log: undefined, isSoleVoter },
    store: {
      status: store.status(),
      clusterId: store.clusterId,
      atSnapshotTip: await hashAt(store, snapshotTip?.height),
      atGuardMark: await hashAt(store, guard?.mark?.height),
    },
    guard,
    keepsGuard,
    executor: { height, stateRoot, rootInStore: (await store.state(height))?.stateRoot },
  }
}

async function hashAt(store: BlockStore, height: Height | undefined): Promise<Hash | undefined> {
  return height === undefined ? undefined : (await store.get(height))?.hash
}

/** Refuses, or says what was found, once the log is among it. */
async function settle({ store, now, logger }: StartParts, facts: StartFacts, isWhole: boolean): Promise<void> {
  const findings = compareAtStart(facts)
  const [first, ...others] = findings.filter((finding): finding is Refusal => finding.kind === 'refusal')
  if (first) {
    for (const { evidence } of [first, ...others]) if (evidence) await keepEvidence(store, evidence, now())
    throw new StartRefusedError([first, ...others])
  }
  if (!isWhole) return
  for (const note of findings.filter((finding): finding is Note => finding.kind === 'note')) {
    logger[note.level](note.runbook ? { runbook: runbookPath(note.runbook) } : {}, note.message)
  }
}

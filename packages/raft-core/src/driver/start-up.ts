import { decodeConfiguration } from '../codec/configuration.ts'
import { decodeFoundingRecord, decodeIdentity, encodeIdentity } from '../codec/founding.ts'
import { bytesToHex } from '../codec/text.ts'
import type { PlacedConfiguration } from '../configuration.ts'
import { RaftError } from '../errors.ts'
import type { FoundingRecord, Identity } from '../founding.ts'
import type { DoneWith } from '../ports/completion.ts'
import type { OpenedLog } from '../ports/log-store.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { LogIndex } from '../types.ts'
import { openSnapshot } from './open-snapshot.ts'
import type { RaftOptions } from './options.ts'

/** Bytes read at a time while looking for configurations in the log. */
const scanBytes = 1024 * 1024

/** What the disk held, made consistent; the state machine stands at `snapshot`. */
export interface Opened {
  readonly identity: Identity
  readonly founding: FoundingRecord | undefined
  readonly log: OpenedLog
  readonly snapshot: SnapshotMetadata | undefined
  /** Configurations of log entries behind the snapshot, ascending. */
  readonly configurations: readonly PlacedConfiguration[]
}

/**
 * Opens the stores, counts the start, restores the newest snapshot and makes the log fit it. Anything that does not fit
 * together is an error that says what to do, and leaves the disk as it was.
 */
export function openStores<Verdict>(options: RaftOptions<Verdict>, done: DoneWith<Opened>): void {
  const fail = (what: string, cause?: Error): void =>
    done(cause instanceof RaftError ? cause : new RaftError('STORAGE_FAILED', `${what} failed`, { cause }))
  countStart(options, (error, identity) => {
    if (error || !identity) return fail('reading the identity', error)
    options.stableStore.get('founding', (failure, bytes) => {
      const { value: founding, error: broken } = decoded(() =>
        bytes && bytes.length > 0 ? decodeFoundingRecord(bytes) : undefined,
      )
      if (failure || broken) return fail('reading the founding record', failure ?? broken)
      options.logStore.open((problem, log) => {
        if (problem || !log) return fail('opening the log', problem)
        const closeAnd = (then: () => void): void =>
          options.logStore.close((closing) => {
            if (closing) options.logger?.error({ error: closing }, 'closing the log failed as well')
            then()
          })
        const wrong = whyUnusable(options, founding, log)
        if (wrong) return closeAnd(() => done(wrong))
        restoreNewest(options, log, (trouble, restored) => {
          if (trouble || !restored) return closeAnd(() => fail('restoring the newest snapshot', trouble))
          done(undefined, { identity, founding, ...restored })
        })
      })
    })
  })
}

/** What a codec makes of bytes from the disk, its error as a value: a throw would be lost in the port that calls back. */
function decoded<Value>(decode: () => Value): { readonly value?: Value; readonly error?: Error } {
  try {
    return { value: decode() }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}

function countStart<Verdict>({ stableStore, random, id }: RaftOptions<Verdict>, done: DoneWith<Identity>): void {
  stableStore.get('identity', (error, bytes) => {
    if (error) return done(error)
    const { value: before, error: broken } = decoded(() => bytes && decodeIdentity(bytes))
    if (broken) return done(broken)
    if (before && before.id !== id) {
      const where = `this directory belongs to ${before.id}, not to ${id}`
      return done(new RaftError('FOREIGN_DIRECTORY', `${where}; give each node its own directory, or its own id`))
    }
    const incarnation = before?.incarnation ?? bytesToHex(random.bytes(16))
    const bootCounter = (before?.bootCounter ?? 0) + 1
    const identity: Identity = { id, incarnation, bootCounter, bootNonce: bytesToHex(random.bytes(8)) }
    stableStore.set('identity', encodeIdentity(identity), (failure) => done(failure, identity))
  })
}

function whyUnusable<Verdict>(
  { formation }: RaftOptions<Verdict>,
  founding: FoundingRecord | undefined,
  log: OpenedLog,
): RaftError | undefined {
  if (log.damaged) {
    const { from, to } = log.damaged
    return new RaftError(
      'LOG_DAMAGED',
      `entries ${from} to ${to} cannot be read; replace the directory and start empty`,
    )
  }
  if (founding?.stage === 'founded') return undefined
  if (log.lastIndex > 0 || log.hardState.term > 0) {
    return new RaftError(
      'NOT_EMPTY',
      'the log holds entries but the founding record is gone; restore it, or start empty',
    )
  }
  if (!formation.isEmpty && founding === undefined) {
    return new RaftError('NOT_EMPTY', 'the Raft directory is empty beside data of this node; restore it, or clear both')
  }
  return undefined
}

type Restored = Pick<Opened, 'log' | 'snapshot' | 'configurations'>

function restoreNewest<Verdict>(options: RaftOptions<Verdict>, log: OpenedLog, done: DoneWith<Restored>): void {
  options.snapshotStore.list((error, snapshots) => {
    if (error || !snapshots) return done(error)
    const newest = snapshots[0]?.metadata
    if (log.base.index > (newest?.index ?? 0)) {
      const found = newest ? `the newest snapshot ends at ${newest.index}` : 'there is no snapshot'
      const gap = `the log begins behind ${log.base.index} but ${found}`
      return done(new RaftError('LOG_DAMAGED', `${gap}; restore the snapshots, or start empty`))
    }
    if (newest === undefined) return scanConfigurations(options, log, undefined, done)
    openSnapshot(options.snapshotStore, newest, (failure, source) => {
      if (failure || !source) return done(failure)
      options.fsm.restore(source, (cause) =>
        source.close((closing) => {
          const problem = cause ?? closing
          if (problem)
            return done(new RaftError('FSM_FAILED', 'restoring the newest snapshot failed', { cause: problem }))
          fitLog(options, log, newest, done)
        }),
      )
    })
  })
}

/** A log that lacks the snapshot's last entry was about to be replaced when the node stopped: do it now. */
function fitLog<Verdict>(
  options: RaftOptions<Verdict>,
  log: OpenedLog,
  snapshot: SnapshotMetadata,
  done: DoneWith<Restored>,
): void {
  const position = { index: snapshot.index, term: snapshot.term }
  if (storedTerm(log, snapshot.index) === snapshot.term) return scanConfigurations(options, log, snapshot, done)
  options.logStore.reset(position, (error) => {
    const empty: OpenedLog = { ...log, base: position, lastIndex: position.index, terms: [] }
    done(error, { log: empty, snapshot, configurations: [] })
  })
}

function scanConfigurations<Verdict>(
  { logStore }: RaftOptions<Verdict>,
  log: OpenedLog,
  snapshot: SnapshotMetadata | undefined,
  done: DoneWith<Restored>,
): void {
  const configurations: PlacedConfiguration[] = []
  const scan = (from: LogIndex): void => {
    if (from > log.lastIndex) return done(undefined, { log, snapshot, configurations })
    logStore.read(from, log.lastIndex + 1, scanBytes, (error, entries) => {
      const last = entries?.at(-1)
      if (error || !entries || !last)
        return done(error ?? new RaftError('STORAGE_FAILED', `no entry ${from} in the log`))
      const { error: broken } = decoded(() => {
        for (const { type, index, payload } of entries) {
          if (type === 'configuration') configurations.push({ index, configuration: decodeConfiguration(payload) })
        }
      })
      if (broken) return done(broken)
      scan(last.index + 1)
    })
  }
  scan(Math.max(log.base.index, snapshot?.index ?? 0) + 1)
}

function storedTerm(log: OpenedLog, index: LogIndex): number | undefined {
  if (index === log.base.index) return log.base.term
  if (index < log.base.index || index > log.lastIndex) return undefined
  return log.terms.findLast((run) => run.from <= index)?.term
}

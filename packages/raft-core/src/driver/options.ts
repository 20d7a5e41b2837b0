import { crc32 as ownCrc32 } from '../codec/crc32.ts'
import { RaftError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { FSM } from '../ports/fsm.ts'
import type { Crc32, Sha256 } from '../ports/hash.ts'
import type { Logger } from '../ports/logger.ts'
import type { LogStore } from '../ports/log-store.ts'
import type { Random } from '../ports/random.ts'
import type { SnapshotStore } from '../ports/snapshot-store.ts'
import type { StableStore } from '../ports/stable-store.ts'
import type { Transport, TransportPeer } from '../ports/transport.ts'
import type { StepLimits, StepSettings } from '../step/settings.ts'
import type { ServerId } from '../types.ts'

/** What a node is made of. Everything from outside comes in here. */
export interface RaftOptions<Verdict> {
  readonly id: ServerId
  /** Where peers dial this node, `host:port`. */
  readonly address: string
  readonly formation: FormationOptions
  readonly logStore: LogStore
  readonly stableStore: StableStore
  readonly snapshotStore: SnapshotStore
  readonly transport: Transport
  readonly fsm: FSM<Verdict>
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
  /** Default: a table-driven one. On Node pass `zlib.crc32`. */
  readonly crc32?: Crc32
  readonly logger?: Logger
  readonly timing?: Partial<RaftTiming>
  readonly snapshots?: Partial<SnapshotOptions>
  readonly limits?: Partial<RaftLimits>
}

/** How a cluster is founded, and how this node comes back to one. */
export interface FormationOptions {
  readonly chainId: string
  /** Hex SHA-256 of the genesis; founders must agree on it. */
  readonly genesisHash: string
  /** Who founds the cluster, this node included. Ignored once there is a cluster. */
  readonly peers: readonly TransportPeer[]
  /** May take part in founding a cluster. Without it an empty node waits for a cluster that knows it. */
  readonly bootstrap: boolean
  /** Nothing else of this node (blocks, guard marks) holds data. A node that is not empty never founds a cluster. */
  readonly isEmpty: boolean
}

/** Times in milliseconds; meanings as in hashicorp/raft's configuration. */
export interface RaftTiming {
  /** Default 1000. */
  readonly heartbeatTimeoutMs: number
  /** Default: the larger of the heartbeat timeout and twice the lease. */
  readonly electionTimeoutMs: number
  /** Default 500. */
  readonly leaderLeaseTimeoutMs: number
  /** A snapshot chunk that is not acknowledged for this long is sent again. Default 1000. */
  readonly sendTimeoutMs: number
}

export interface SnapshotOptions {
  /** Entries applied since the last snapshot before another is taken. Default 8192. */
  readonly thresholdEntries: number
  /** Entries kept behind a snapshot for followers that are a little late. Default 10240. */
  readonly trailingEntries: number
  /** Their bytes at most, whichever is reached first. Default 1 GiB. */
  readonly trailingBytes: number
  /** How often the threshold is looked at. Default 120000. */
  readonly intervalMs: number
}

export interface RaftLimits extends StepLimits {
  /** Bytes handed to the FSM in one batch. Default 1 MiB. */
  readonly applyBytes: number
  /** Bytes of one snapshot chunk. Default 256 KiB. */
  readonly snapshotChunkBytes: number
  /** Snapshot bytes on the way to one follower. Default 1 MiB. */
  readonly snapshotWindowBytes: number
}

const mebibyte = 1024 * 1024

const defaultLimits: RaftLimits = {
  entryBytes: 64 * mebibyte,
  appendBytes: mebibyte,
  inflightMessages: 256,
  inflightBytes: 16 * mebibyte,
  uncommittedBytes: 256 * mebibyte,
  cacheBytes: 64 * mebibyte,
  appliedAheadEntries: 1024,
  applyBytes: mebibyte,
  snapshotChunkBytes: 256 * 1024,
  snapshotWindowBytes: mebibyte,
}

const defaultSnapshots: SnapshotOptions = {
  thresholdEntries: 8192,
  trailingEntries: 10240,
  trailingBytes: 1024 * mebibyte,
  intervalMs: 120_000,
}

/** The options with every default filled in and checked; all faults are named in one `INVALID_OPTIONS`. */
export interface CompleteOptions {
  readonly timing: RaftTiming
  readonly snapshots: SnapshotOptions
  readonly limits: RaftLimits
  readonly settings: StepSettings
}

export function completeOptions<Verdict>(options: RaftOptions<Verdict>): CompleteOptions {
  const { formation } = options
  const { heartbeatTimeoutMs = 1000, leaderLeaseTimeoutMs = 500, sendTimeoutMs = 1000 } = options.timing ?? {}
  const electionTimeoutMs = options.timing?.electionTimeoutMs ?? Math.max(heartbeatTimeoutMs, 2 * leaderLeaseTimeoutMs)
  const timing = { heartbeatTimeoutMs, electionTimeoutMs, leaderLeaseTimeoutMs, sendTimeoutMs }
  const snapshots = { ...defaultSnapshots, ...options.snapshots }
  const limits = { ...defaultLimits, ...options.limits }
  const faults = [
    options.id === '' && 'the id is empty',
    options.address === '' && 'the address is empty',
    !formation.peers.some(({ id }) => id === options.id) && 'the peers do not include this node',
    new Set(formation.peers.map(({ id }) => id)).size < formation.peers.length && 'two peers have one id',
    new Set(formation.peers.map(({ address }) => address)).size < formation.peers.length &&
      'two peers have one address',
    leaderLeaseTimeoutMs >= electionTimeoutMs && 'the leader lease is not below the election timeout',
    ...Object.entries({ ...timing, ...limits, ...snapshots }).map(([name, value]) => isWrong(name, value)),
  ].filter((fault) => fault !== false)
  if (faults.length > 0) throw new RaftError('INVALID_OPTIONS', faults.join('; '))
  const { chainId, genesisHash } = formation
  const settings: StepSettings = { ...timing, chainId, genesisHash, limits, crc32: options.crc32 ?? ownCrc32 }
  return { timing, snapshots, limits, settings }
}

function isWrong(name: string, value: number): string | false {
  const mayBeZero = name === 'trailingEntries' || name === 'trailingBytes'
  const isRight = Number.isFinite(value) && (value > 0 || (mayBeZero && value === 0))
  return isRight ? false : `${name} is ${value}; it must be ${mayBeZero ? 'at least 0' : 'above 0'}`
}

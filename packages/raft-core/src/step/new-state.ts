import { type PlacedConfiguration, voterLists } from '../configuration.ts'
import type { LogPosition } from '../entry.ts'
import type { OpenedLog } from '../ports/log-store.ts'
import { isSameMember, type Member, type TimeMs } from '../types.ts'
import { jittered, type SeededRandom } from './random.ts'
import { firstPreVoteBackoffMs } from './roles.ts'
import type { StepSettings } from './settings.ts'
import type { RaftState } from './state.ts'

/** What a node starts from. */
export interface Beginning {
  readonly settings: StepSettings
  readonly self: Member
  readonly clusterId: string
  readonly log: OpenedLog
  /** Newest complete snapshot; 0@0 without one. */
  readonly snapshot: LogPosition
  /** In force at the snapshot, and those of later log entries, ascending. */
  readonly configurations: readonly PlacedConfiguration[]
  /** Any number below 2^32; election jitter follows from it. */
  readonly seed: number
}

/** A follower that knows no leader, with everything on disk durable and nothing beyond the snapshot committed. */
export function newState(beginning: Beginning, now: TimeMs): RaftState {
  const { log, settings, snapshot } = beginning
  const random: SeededRandom = { state: beginning.seed >>> 0 }
  return {
    settings,
    self: beginning.self,
    clusterId: beginning.clusterId,
    ...log.hardState,
    ...raisedTo(beginning),
    log: {
      base: log.base,
      lastIndex: log.lastIndex,
      terms: [...log.terms],
      tail: [],
      tailBytes: 0,
      durableIndex: log.lastIndex,
    },
    configurations: [...beginning.configurations],
    snapshot,
    commit: snapshot.index,
    applicable: snapshot.index,
    role: {
      kind: 'follower',
      leader: undefined,
      heardAt: Number.NEGATIVE_INFINITY,
      isLeaderSuspected: false,
      campaignAt: isAlone(beginning) ? now : now + jittered(random, settings.heartbeatTimeoutMs),
      preVoteBackoffMs: firstPreVoteBackoffMs,
      acceptedIndex: 0,
    },
    readiness: { isReady: true, lag: 0 },
    gone: new Set(),
    writes: [],
    nextWrite: 1,
    hardStateWrite: undefined,
    random,
  }
}

/** The only voter has nobody to wait for. */
function isAlone({ configurations, self }: Beginning): boolean {
  const lists = voterLists(configurations.at(-1)!.configuration)
  return lists.every((voters) => voters.length === 1 && isSameMember(voters[0], self))
}

/** A snapshot may be durable before the term that it came with: the node is of that term all the same. */
function raisedTo({ log, snapshot }: Beginning): { term: number; votedFor: Member | undefined } {
  const { term, votedFor } = log.hardState
  return snapshot.term > term ? { term: snapshot.term, votedFor: undefined } : { term, votedFor }
}

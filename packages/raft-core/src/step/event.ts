import type { PlacedConfiguration } from '../configuration.ts'
import type { LogIndex, Member, ServerId, Term } from '../types.ts'

/** Why a node's role changed. */
export type RoleChangeCause =
  | 'started'
  | 'heartbeatTimeout' // nothing was heard from the leader
  | 'leaderSuspected' // its process is gone
  | 'transfer' // the leader asked this node to take over
  | 'electionWon'
  | 'electionLost'
  | 'higherTerm' // somebody is ahead
  | 'leaderFound'
  | 'leaseLost' // no quorum answered for a lease
  | 'removed' // no longer a voter

/** What an application or operator may want to know, in the order in which it happened. */
export type RaftEvent =
  | {
      readonly kind: 'roleChanged'
      readonly role: 'follower' | 'preCandidate' | 'candidate' | 'leader'
      readonly term: Term
      readonly cause: RoleChangeCause
    }
  | { readonly kind: 'leaderChanged'; readonly leader: Member | undefined; readonly term: Term }
  | { readonly kind: 'configurationChanged'; readonly placed: PlacedConfiguration; readonly isCommitted: boolean }
  | { readonly kind: 'snapshotNeeded'; readonly peer: ServerId }
  | { readonly kind: 'snapshotDelivered'; readonly peer: ServerId; readonly index: LogIndex }
  | { readonly kind: 'snapshotInstalled'; readonly index: LogIndex; readonly term: Term }
  | { readonly kind: 'logTruncated'; readonly from: LogIndex; readonly to: LogIndex }
  | { readonly kind: 'applicantUnknown'; readonly applicant: Member }
  | { readonly kind: 'messageRefused'; readonly from: Member; readonly reason: 'cluster' | 'epoch' | 'version' }

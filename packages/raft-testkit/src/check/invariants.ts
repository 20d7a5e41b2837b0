import { claimsAreDurable } from './claims-are-durable.ts'
import { clientPromises } from './client-promises.ts'
import { committedForEver } from './committed-for-ever.ts'
import { currentReads } from './current-reads.ts'
import { durableOnQuorum } from './durable-on-quorum.ts'
import { electionSafety } from './election-safety.ts'
import { leaderAppendOnly } from './leader-append-only.ts'
import { knownConfigurations } from './known-configurations.ts'
import { leadersCommit } from './leaders-commit.ts'
import { linearizable } from './linearizable.ts'
import { logMatching } from './log-matching.ts'
import type { Invariant } from './observation.ts'
import { oneCluster } from './one-cluster.ts'
import { orderedIndexes } from './ordered-indexes.ts'
import { stateMachineSafety } from './state-machine-safety.ts'
import { termAndVote } from './term-and-vote.ts'

/** A fresh set of all invariants; each remembers what it saw of one cluster. */
export function allInvariants(): readonly Invariant[] {
  return [
    oneCluster(),
    electionSafety(),
    termAndVote(),
    claimsAreDurable(),
    logMatching(),
    committedForEver(),
    durableOnQuorum(),
    leadersCommit(),
    leaderAppendOnly(),
    knownConfigurations(),
    orderedIndexes(),
    stateMachineSafety(),
    clientPromises(),
    currentReads(),
    linearizable(),
  ]
}

import { compareExecutor } from './compare-executor.ts'
import { compareHashes } from './compare-hashes.ts'
import { compareHeights } from './compare-heights.ts'
import type { StartFacts } from './facts.ts'
import type { Refusal, StartFinding } from './finding.ts'

/**
 * Says how Raft directory, block store, guard and executor of a home fit together (design, sections 1, 3 and 4): what makes
 * starting unsafe, or else what will be fetched again. Pure. Refusals come alone and first the one that explains the others.
 */
export function compareAtStart(facts: StartFacts): readonly StartFinding[] {
  const belonging = compareBelonging(facts)
  if (belonging.length > 0) return belonging
  const lost = lostRaftDirectory(facts)
  if (lost !== undefined) return [lost]
  if (facts.raft.founding === undefined) return compareExecutor(facts)
  const findings = [...compareHashes(facts), ...compareHeights(facts), ...compareExecutor(facts)]
  const refusals = findings.filter(({ kind }) => kind === 'refusal')
  return refusals.length > 0 ? refusals : findings
}

/** What was made for another chain, genesis or cluster. Each part is its own mistake, so all are named. */
function compareBelonging({ chainId, genesisHash, raft, store, guard }: StartFacts): readonly Refusal[] {
  const { founding } = raft
  const refusals: Refusal[] = []
  const refuse = (message: string): number =>
    refusals.push({ kind: 'refusal', code: 'OTHER_CLUSTER', message, runbook: 'other-chain-or-cluster' })
  if (founding && founding.chainId !== chainId) {
    refuse(
      `the Raft directory belongs to chain "${founding.chainId}", genesis.json to "${chainId}"; put the right one back`,
    )
  } else if (founding && founding.genesisHash !== genesisHash) {
    refuse('genesis.json is not the one that this cluster was founded with; copy it from another member')
  }
  if (guard && guard.chainId !== chainId) {
    refuse(
      `the double-sign guard belongs to chain "${guard.chainId}", genesis.json to "${chainId}"; put the right one back`,
    )
  }
  if (!founding) return refusals
  const { clusterId } = founding
  const isOther = (other: string | undefined): other is string => other !== undefined && other !== clusterId
  if (isOther(store.clusterId)) {
    refuse(
      `the block store is managed by cluster ${store.clusterId}, the Raft directory belongs to ${clusterId}; put the right one back`,
    )
  }
  if (isOther(guard?.clusterId)) {
    refuse(
      `the double-sign guard is managed by cluster ${guard.clusterId}, the Raft directory belongs to ${clusterId}; put the right one back`,
    )
  }
  return refusals
}

/** Blocks or marks beside a directory that belongs to no cluster: founding another could sign a second chain. */
function lostRaftDirectory({ raft, store, guard, initialHeight }: StartFacts): Refusal | undefined {
  if (raft.founding !== undefined) return undefined
  const { headers, highest } = store.status
  const found = [
    headers.length > 0 && `the block store holds blocks through ${Math.max(highest, headers.at(-1)?.to ?? 0)}`,
    guard?.mark && guard.mark.height >= initialHeight && `the double-sign guard signed through ${guard.mark.height}`,
  ].filter((text) => typeof text === 'string')
  if (found.length === 0) return undefined
  return {
    kind: 'refusal',
    code: 'RAFT_DIRECTORY_LOST',
    message: `the Raft directory is empty, but ${found.join(' and ')}; put the Raft directory back, or move the rest aside as well and come back empty`,
    runbook: 'raft-directory-lost',
  }
}

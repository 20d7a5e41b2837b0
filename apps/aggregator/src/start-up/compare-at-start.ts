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

/** What was made for another chain, genesis or cluster. What only follows from another mistake is not told. */
function compareBelonging({ chainId, genesisHash, raft, store, guard }: StartFacts): readonly Refusal[] {
  const { founding } = raft
  if (founding && founding.chainId !== chainId) {
    const found = `the Raft directory belongs to chain "${founding.chainId}"`
    return [other(`${found}, genesis.json to "${chainId}"; put the right one back`)]
  }
  if (founding && founding.genesisHash !== genesisHash) {
    return [other('genesis.json is not the one that this cluster was founded with; copy it from another member')]
  }
  const refusals: Refusal[] = []
  const requireManaged = (what: string, clusterId: string | undefined): void => {
    if (!founding || clusterId === undefined || clusterId === founding.clusterId) return
    const found = `the ${what} is managed by cluster ${clusterId}, the Raft directory belongs to ${founding.clusterId}`
    refusals.push(other(`${found}; put the right one back`))
  }
  requireManaged('block store', store.clusterId)
  if (guard && guard.chainId !== chainId) {
    const found = `the double-sign guard belongs to chain "${guard.chainId}"`
    refusals.push(other(`${found}, genesis.json to "${chainId}"; put the right one back`))
  } else requireManaged('double-sign guard', guard?.clusterId)
  return refusals
}

function other(message: string): Refusal {
  return { kind: 'refusal', code: 'OTHER_CLUSTER', message, runbook: 'other-chain-or-cluster' }
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

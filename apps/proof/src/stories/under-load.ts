import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockDocument } from 'aggregator'
import { auditChain } from '../audit/chain.ts'
import { allCommitted, requireOnce, requireValues } from '../audit/transactions.ts'
import { Witness } from '../audit/witness.ts'
import type { Cluster, ClusterOptions } from '../cluster/cluster.ts'
import { ready } from '../cluster/conditions.ts'
import { Load } from '../load/load.ts'
import type { Stage } from './story.ts'

/** Each node is sent a transaction every so many milliseconds, while something happens to the cluster. */
const everyMs = 25

/** What came of a cluster that something was done to. */
export interface Survived {
  readonly cluster: Cluster
  readonly chain: readonly BlockDocument[]
  readonly transactions: number
}

/**
 * Runs a cluster with transactions posted to all nodes throughout, and a witness that reads every block that anybody shows, while
 * `happen` does something to it. Afterwards nothing may be lost, doubled or contradicted.
 */
export async function underLoad(
  stage: Stage,
  options: ClusterOptions,
  happen: (cluster: Cluster) => Promise<void>,
): Promise<Survived> {
  const cluster = await stage.cluster(options)
  cluster.startAll()
  await ready(cluster)
  const witness = new Witness(cluster)
  const load = new Load(cluster, 'load')
  stage.onClose(() => Promise.all([witness.stop(), load.stop()]))
  load.start(everyMs)
  await happen(cluster)
  const result = await load.stop()
  await ready(cluster, cluster.ids)
  await allCommitted(cluster, result.acknowledged)
  await witness.stop()
  const chain = await auditChain(cluster)
  witness.requireSame(chain)
  requireOnce(chain, result)
  await requireValues(cluster, result.acknowledged)
  for (const { id, home } of cluster.places) {
    const hasEvidence = existsSync(join(home, 'data', 'guard', 'evidence.jsonl'))
    assert.equal(hasEvidence, false, `the guard of ${id} was asked for a second hash`)
  }
  return { cluster, chain, transactions: result.acknowledged.length }
}

import { isDeepStrictEqual } from 'node:util'
import type { BlockDocument } from 'aggregator'
import { reached, tipHeight } from '../cluster/conditions.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { ProofError } from '../errors.ts'
import { verifyFromGenesis } from './from-genesis.ts'

/** Heights that are read at once, from every node. */
const atOnce = 16

/**
 * Waits until all running nodes reached the tip, then reads blocks 1 to the tip from each. They must be the same to the last
 * field, signature included, and follow from the genesis by hashes and signatures; otherwise `AUDIT_FAILED`.
 */
export async function auditChain(cluster: Cluster): Promise<readonly BlockDocument[]> {
  const ids = cluster.running
  const tip = await tipHeight(cluster, ids)
  await reached(cluster, tip, ids)
  const chain: BlockDocument[] = []
  for (let from = 1; from <= tip; from += atOnce) {
    const heights = Array.from({ length: Math.min(atOnce, tip - from + 1) }, (_, i) => from + i)
    chain.push(...(await Promise.all(heights.map((height) => sameEverywhere(cluster, ids, height)))))
  }
  await verifyFromGenesis(cluster.places[0]!.home, chain)
  return chain
}

async function sameEverywhere(cluster: Cluster, ids: readonly string[], height: number): Promise<BlockDocument> {
  const blocks = await Promise.all(ids.map((id) => cluster.client(id).block(height)))
  const [first] = blocks
  for (const [i, block] of blocks.entries()) {
    if (block === undefined) throw new ProofError('AUDIT_FAILED', `${ids[i]} does not have block ${height}`)
    if (isDeepStrictEqual(block, first)) continue
    throw new ProofError(
      'AUDIT_FAILED',
      `${ids[0]} and ${ids[i]} differ at ${height}: ${JSON.stringify(first)} and ${JSON.stringify(block)}`,
    )
  }
  return first!
}

import type { BlockDocument } from 'aggregator'
import type { Cluster } from '../cluster/cluster.ts'
import { ProofError } from '../errors.ts'
import type { Acknowledged, LoadResult } from '../load/load.ts'

/** Transactions that are asked for at once. */
const atOnce = 32

/** Waits until the node that took it says of each transaction that it is in a block. */
export async function allCommitted(
  cluster: Cluster,
  acknowledged: readonly Pick<Acknowledged, 'hash' | 'node'>[],
): Promise<void> {
  await inGroups(acknowledged, ({ hash, node }) =>
    cluster.until(
      `${node} says that ${hash} is committed`,
      async () => (await cluster.client(node).transaction(hash))?.state === 'committed',
    ),
  )
}

/** Each acknowledged transaction stands in the chain once, each of unknown outcome at most once; else `AUDIT_FAILED`. */
export function requireOnce(chain: readonly BlockDocument[], { acknowledged, unknown }: LoadResult): void {
  const counts = new Map<string, number>()
  for (const { txs } of chain) for (const { hash } of txs) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  for (const { hash, node, key } of acknowledged) {
    const count = counts.get(hash) ?? 0
    if (count === 1) continue
    throw new ProofError('AUDIT_FAILED', `${key}, acknowledged by ${node}, is in ${count} blocks: ${hash}`)
  }
  for (const { hash, key } of unknown) {
    const count = counts.get(hash) ?? 0
    if (count > 1) throw new ProofError('AUDIT_FAILED', `${key}, never acknowledged, is in ${count} blocks: ${hash}`)
  }
}

/** Every node reads every key as it was written. */
export async function requireValues(cluster: Cluster, acknowledged: readonly Acknowledged[]): Promise<void> {
  await inGroups(acknowledged, async ({ key, value }) => {
    const read = await Promise.all(cluster.running.map((id) => cluster.client(id).value(key)))
    if (read.every((found) => found === value)) return
    throw new ProofError('AUDIT_FAILED', `${key} was written as ${value} and is read as ${read.join(', ')}`)
  })
}

async function inGroups<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += atOnce) await Promise.all(items.slice(i, i + atOnce).map(work))
}

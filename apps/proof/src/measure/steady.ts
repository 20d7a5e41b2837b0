import assert from 'node:assert/strict'
import type { StatusDocument } from 'aggregator'
import { auditChain } from '../audit/chain.ts'
import { timeNsOf } from '../audit/from-genesis.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { producing, reached, ready, tipHeight } from '../cluster/conditions.ts'
import { pause } from '../wait.ts'
import { intervalsMs } from './failover.ts'

/** A term cannot change and change back, so this is only how soon a failure is noticed. */
const lookEveryMs = 250

/** A busy machine may delay a block, but not keep back more than this part of those that are due. */
const leastShare = 0.9

export interface Steady {
  readonly term: number
  readonly blocks: number
  readonly longestIntervalMs: number
}

/**
 * Watches a running cluster for a while in which nothing is done to it: leader and term must stay, blocks must come as
 * `slotMs` says, and each takes one entry of the log. The window is what the claim is about: it is waited out, not waited for.
 */
export async function staysSteady(cluster: Cluster, windowMs: number, slotMs: number): Promise<Steady> {
  const leader = await producing(cluster)
  await ready(cluster)
  await reached(cluster, (await tipHeight(cluster)) + 1)
  const before = (await cluster.client(leader).status())!
  const { term } = before
  const changesBefore = await leadershipChanges(cluster)
  const fromNs = BigInt(Date.now()) * 1_000_000n
  const ends = performance.now() + windowMs
  while (performance.now() < ends) {
    await pause(Math.min(lookEveryMs, ends - performance.now()))
    await requireSame(cluster, leader, term)
  }
  const after = (await cluster.client(leader).status())!
  const entries = after.applied_index - before.applied_index
  assert.equal(entries, after.tip_height - before.tip_height, 'entries of the log, one for each block')
  const toNs = fromNs + BigInt(windowMs) * 1_000_000n
  const chain = await auditChain(cluster)
  await requireSame(cluster, leader, term)
  assert.deepEqual(await leadershipChanges(cluster), changesBefore, 'no node counted a change of leader')
  const inWindow = chain.filter((block) => timeNsOf(block) >= fromNs && timeNsOf(block) < toNs)
  const due = windowMs / slotMs
  assert.ok(inWindow.length >= leastShare * due - 1, `${inWindow.length} blocks in ${windowMs} ms, ${due} were due`)
  return { term, blocks: inWindow.length, longestIntervalMs: Math.max(...intervalsMs(inWindow)) }
}

async function requireSame(cluster: Cluster, leader: string, term: number): Promise<void> {
  const statuses = await Promise.all(cluster.ids.map((id) => cluster.client(id).status()))
  const shown = statuses.filter((status) => status !== undefined)
  for (const status of shown) assert.deepEqual(leadershipIn(status), { node: status.node_id, leader, term })
}

function leadershipIn({ node_id, leader_id, term }: StatusDocument): object {
  return { node: node_id, leader: leader_id, term }
}

/** By each node's own count; undefined where metrics are off. */
function leadershipChanges(cluster: Cluster): Promise<readonly (number | undefined)[]> {
  return Promise.all(cluster.ids.map((id) => cluster.client(id).metric('raft_leadership_changes_total')))
}

import type { Cluster } from '../sim/cluster.ts'
import { fairWeather } from '../sim/network.ts'
import type { Seeded } from '../sim/seeded.ts'
import { Violation } from '../check/violation.ts'
import { Client } from './client.ts'
import { Stage } from './stage.ts'
import { isLevel, isWhole, lackingVote, someMajority } from './truth.ts'

/** Simulated time after the last new fault within which everything must be well. */
const recoveryMs = 20_000

/**
 * Liveness. No new fault comes; first, half the time, what is beyond a connected majority stays broken for ever, because healing
 * everything hides a livelock (raft-anchors 3.1), and the majority must elect and commit. Then everything is healed, and all must
 * vote again, decide every proposal and end with the same history.
 */
export function recover(cluster: Cluster, random: Seeded): void {
  const client = new Client(new Stage(cluster), random, 'end')
  calm(cluster)
  if (random.chance(0.5) && isWhole(cluster)) {
    const majority = someMajority(cluster, (ids) => random.pick(ids))
    breakBeyond(cluster, random, majority)
    within(cluster, majority, `a commit by ${majority.join(', ')}`, commit(cluster, client))
    calm(cluster)
  }
  within(cluster, cluster.ids, 'a commit', commit(cluster, client))
  within(
    cluster,
    cluster.ids,
    'a decision of every proposal',
    () => ![...cluster.outcomes.values()].includes('pending'),
  )
  let seen = -1
  within(cluster, cluster.ids, 'everybody voting with one history', () => {
    const lacking = lackingVote(cluster)
    if (lacking && lacking.index !== seen) cluster.setSuffrages({ [lacking.id]: 'staging' })
    seen = lacking?.index ?? -1
    return isWhole(cluster) && isLevel(cluster)
  })
}

function calm(cluster: Cluster): void {
  cluster.network.faults = fairWeather
  cluster.diskMs = 0.3
  cluster.heal()
  for (const id of cluster.ids) cluster.disarm(id)
}

/** Nodes outside die or stay; wires that touch them are cut, in one direction or both, or stay. */
function breakBeyond(cluster: Cluster, random: Seeded, majority: readonly string[]): void {
  const beyond = cluster.ids.filter((id) => !majority.includes(id))
  for (const id of beyond) {
    if (random.chance(0.3)) cluster.crash(id)
    for (const other of cluster.ids) {
      if (random.chance(0.5)) cluster.cutOneWay(id, other)
      if (random.chance(0.5)) cluster.cutOneWay(other, id)
    }
  }
}

/** Proposes, again at each new leader, until one proposal is acknowledged. */
function commit(cluster: Cluster, client: Client): () => boolean {
  let asked = ''
  let askedOf = ''
  return () => {
    if (cluster.outcomes.get(asked) === 'acknowledged') return true
    const leader = cluster.leader()
    const leadership = leader === undefined ? '' : `${leader} in term ${cluster.status(leader).term}`
    if (leader !== undefined && (leadership !== askedOf || cluster.outcomes.get(asked) !== 'pending')) {
      askedOf = leadership
      asked = client.propose(leader)
    }
    return false
  }
}

/** Keeps the nodes in `up` running until `holds`. */
function within(cluster: Cluster, up: readonly string[], what: string, holds: () => boolean): void {
  const isDone = (): boolean => {
    for (const id of up) cluster.start(id)
    return holds()
  }
  if (isDone() || cluster.world.run(recoveryMs, isDone)) return
  throw new Violation('liveness', `${what} did not happen within ${recoveryMs} ms of calm`)
}

import { decodeFoundingRecord, decodeIdentity, type ServerId } from 'raft-core'
import type { Cluster } from '../sim/cluster.ts'
import { durableEnd, durableTermAt, type SimulatedDisk } from '../sim/disk.ts'

/** Every voter of the leader's latest configuration still has the directory that it is named with. */
export function hasAllVoters(cluster: Cluster, leader: ServerId | undefined = cluster.leader()): boolean {
  const servers = leader === undefined ? undefined : cluster.status(leader).configuration?.configuration.servers
  return (
    servers?.every(
      ({ id, incarnation, suffrage }) => suffrage !== 'voter' || isFounded(cluster.disk(id), incarnation),
    ) === true
  )
}

/** Every node votes in the leader's committed configuration, with the directory that it has now. */
export function isWhole(cluster: Cluster): boolean {
  const leader = cluster.leader()
  if (leader === undefined) return false
  const { commitIndex, configuration } = cluster.status(leader)
  if (configuration === undefined || configuration.index > commitIndex) return false
  const { servers, outgoing } = configuration.configuration
  const isEverybody = outgoing.length === 0 && servers.length === cluster.ids.length
  return isEverybody && servers.every(({ suffrage }) => suffrage === 'voter') && hasAllVoters(cluster)
}

/** A member that no longer has a vote, and the index of the committed configuration that says so. */
export function lackingVote(cluster: Cluster): { readonly id: ServerId; readonly index: number } | undefined {
  const leader = cluster.leader()
  if (leader === undefined) return undefined
  const { commitIndex, configuration } = cluster.status(leader)
  if (configuration === undefined || configuration.index > commitIndex) return undefined
  const found = configuration.configuration.servers.find(({ suffrage }) => suffrage === 'nonVoter')
  return found && { id: found.id, index: configuration.index }
}

/** Every node has applied everything. */
export function isLevel(cluster: Cluster): boolean {
  const leader = cluster.leader()
  if (leader === undefined) return false
  const { commitIndex, lastIndex: last } = cluster.status(leader)
  return (
    last === commitIndex &&
    cluster.ids.every((id) => cluster.process(id)?.isAlive && cluster.applied(id) === commitIndex)
  )
}

/**
 * Losing one more disk is survivable: the last loss is healed, and a majority has the best log of all, which holds everything
 * that was ever committed. What no living witness can know is not survivable, and documented so.
 */
export function isLossSurvivable(cluster: Cluster): boolean {
  if (cluster.ids.length < 3 || !isWhole(cluster)) return false
  const disks = cluster.ids.map((id) => cluster.disk(id))
  const best = disks
    .map(durableEnd)
    .reduce((a, b) => (b.term > a.term || (b.term === a.term && b.index > a.index) ? b : a))
  const holders = disks.filter((disk) => durableTermAt(disk, best.index) === best.term)
  return holders.length * 2 > disks.length
}

/** A random majority of the nodes. */
export function someMajority(cluster: Cluster, pick: (ids: readonly ServerId[]) => ServerId): readonly ServerId[] {
  const left = [...cluster.ids]
  while (left.length > Math.floor(cluster.ids.length / 2) + 1) left.splice(left.indexOf(pick(left)), 1)
  return left
}

function isFounded(disk: SimulatedDisk, incarnation: string): boolean {
  const identity = disk.stable.get('identity')
  const founding = disk.stable.get('founding')
  if (identity === undefined || founding === undefined || founding.length === 0) return false
  return decodeIdentity(identity).incarnation === incarnation && decodeFoundingRecord(founding).stage === 'founded'
}

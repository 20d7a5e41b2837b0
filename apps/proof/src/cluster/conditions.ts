import type { StatusDocument } from 'aggregator'
import type { Cluster } from './cluster.ts'

/** The node that produces blocks, once there is one among `ids`. */
export function producing(cluster: Cluster, ids: readonly string[] = cluster.running): Promise<string> {
  return cluster.until(`one of ${ids.join(', ')} produces`, async () => {
    const statuses = await Promise.all(ids.map((id) => cluster.client(id).status()))
    return statuses.find((status) => status?.producing)?.node_id
  })
}

/** Waits until a node shows what `isSo` asks for, and gives the status that did. */
export function untilStatus(
  cluster: Cluster,
  id: string,
  what: string,
  isSo: (status: StatusDocument) => boolean,
): Promise<StatusDocument> {
  return cluster.until(`${id} ${what}`, async () => {
    const status = await cluster.client(id).status()
    return status !== undefined && isSo(status) ? status : undefined
  })
}

/** Waits until each node is fit for its role. */
export async function ready(cluster: Cluster, ids: readonly string[] = cluster.running): Promise<void> {
  await Promise.all(ids.map((id) => untilStatus(cluster, id, 'is ready', (status) => status.ready)))
}

/** Waits until each node executed and sealed everything up to a height. */
export async function reached(
  cluster: Cluster,
  height: number,
  ids: readonly string[] = cluster.running,
): Promise<void> {
  await Promise.all(
    ids.map((id) => untilStatus(cluster, id, `reaches block ${height}`, (status) => status.height >= height)),
  )
}

/** The highest block that any node knows to be committed; it may not be executed yet. */
export async function tipHeight(cluster: Cluster, ids: readonly string[] = cluster.running): Promise<number> {
  const statuses = await Promise.all(ids.map((id) => cluster.client(id).status()))
  return Math.max(0, ...statuses.map((status) => status?.tip_height ?? 0))
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
// The processes run what was built, and so does their parent.
import { LogCluster } from '../../dist/index.js'

const cleanUps: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function startCluster(): Promise<LogCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'log-cluster-'))
  cleanUps.push(() => rmSync(directory, { recursive: true, force: true }))
  const cluster = await LogCluster.start({ directory, heartbeatTimeoutMs: 500, leaderLeaseTimeoutMs: 400 })
  cleanUps.push(() => cluster.stop())
  return cluster
}

const load = { payloadBytes: 256, inFlight: 16, ms: 500, warmUpMs: 0 }

/** Waits until all nodes applied the same history; a node tells where it stands whenever it is asked. */
async function sameHistory(cluster: LogCluster, ids: readonly string[]): Promise<number> {
  for (;;) {
    const all = await Promise.all(ids.map((id) => cluster.status(id)))
    const first = all[0]!
    if (
      all.every(
        ({ applied, count, digest }) => applied === first.applied && count === first.count && digest === first.digest,
      )
    ) {
      return first.count
    }
  }
}

test('three processes commit; the leader is killed; the others go on; it comes back and agrees', async () => {
  const cluster = await startCluster()
  const leader = await cluster.leader()
  const first = await cluster.load(leader, load)
  expect(first.entries).toBeGreaterThan(0)
  await cluster.kill(leader)
  const next = await cluster.leader()
  expect(next).not.toBe(leader)
  const second = await cluster.load(next, load)
  expect(second.entries).toBeGreaterThan(0)
  cluster.launch(leader)
  const count = await sameHistory(cluster, cluster.ids)
  expect(count).toBeGreaterThanOrEqual(first.entries + second.entries)
})

import { createHash, randomBytes } from 'node:crypto'
import { type AppliedEntry, type Clock, type FSM, RaftError, RaftNode } from 'raft-core'
import { MemoryDisk, MemoryHub, memoryStores } from 'raft-testkit'
import { afterEach, expect, test } from 'vitest'

const clock: Clock = {
  now: () => performance.now(),
  wakeAt: (at, wake) => {
    const timer = setTimeout(wake, Math.max(0, Math.ceil(at - performance.now())) + 1)
    return () => clearTimeout(timer)
  },
}

/** Counts what it applied. */
class Counter implements FSM<number> {
  count = 0

  apply(batch: readonly AppliedEntry[]): readonly number[] {
    return batch.map(({ type }) => (type === 'command' ? ++this.count : this.count))
  }

  snapshot(): ReturnType<FSM<number>['snapshot']> {
    const bytes = Uint8Array.of(this.count)
    return { persist: (sink, done) => sink.write(bytes, done), release: () => {} }
  }

  restore(source: Parameters<FSM<number>['restore']>[0], done: Parameters<FSM<number>['restore']>[1]): void {
    source.read(0, 1, (error, bytes) => {
      this.count = bytes?.[0] ?? 0
      done(error)
    })
  }
}

const nodes: RaftNode<number>[] = []
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
})

function open(hub: MemoryHub, id: string, ids: readonly string[], disk = new MemoryDisk()): RaftNode<number> {
  const node = new RaftNode({
    id,
    address: `${id}:1`,
    formation: {
      chainId: 'test',
      genesisHash: '00',
      peers: ids.map((peer) => ({ id: peer, address: `${peer}:1` })),
      bootstrap: true,
      isEmpty: true,
    },
    ...memoryStores(disk),
    transport: hub.transport(id),
    fsm: new Counter(),
    clock,
    random: { bytes: (length) => randomBytes(length) },
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    timing: { heartbeatTimeoutMs: 150, leaderLeaseTimeoutMs: 100 },
  })
  nodes.push(node)
  return node
}

/** Resolves when one of the nodes leads. */
function leaderOf(members: readonly RaftNode<number>[]): Promise<RaftNode<number>> {
  return new Promise((resolve) => {
    for (const node of members) {
      if (node.status().role === 'leader') resolve(node)
      node.on((event) => {
        if (event.kind === 'roleChanged' && event.role === 'leader') resolve(node)
      })
    }
  })
}

test('three nodes in one process found a cluster and give verdicts', async () => {
  const hub = new MemoryHub()
  const ids = ['a', 'b', 'c']
  const members = ids.map((id) => open(hub, id, ids))
  await Promise.all(members.map((node) => node.start()))
  const leader = await leaderOf(members)
  const verdicts = await Promise.all([1, 2, 3].map(() => leader.propose(Uint8Array.of(1))))
  expect(verdicts.map(({ verdict }) => verdict)).toEqual([1, 2, 3])
  await leader.barrier()
  await leader.verifyLeader()
  const follower = members.find((node) => node !== leader)!
  await expect(follower.propose(Uint8Array.of(1))).rejects.toMatchObject({ code: 'NOT_LEADER' })
})

test('a node of one goes on where it stopped, and an aborted wait is told apart', async () => {
  const hub = new MemoryHub()
  const disk = new MemoryDisk()
  const first = open(hub, 'a', ['a'], disk)
  await first.start()
  const leader = await leaderOf([first])
  await leader.propose(Uint8Array.of(1))
  await expect(leader.propose(Uint8Array.of(1), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ABORTED',
  })
  await first.stop()
  await expect(first.propose(Uint8Array.of(1))).rejects.toBeInstanceOf(RaftError)
  const second = open(hub, 'a', ['a'], disk)
  await second.start()
  await leaderOf([second])
  expect((await second.propose(Uint8Array.of(1))).verdict).toBe(2)
})

import { createHash, randomBytes } from 'node:crypto'
import type { Clock, FSM } from 'raft-core'
import { RaftNode } from 'raft-core'
import { raftDirectory } from 'raft-store-level'
import { tcpTransport } from 'raft-transport-tcp'

/** Counts what is proposed; the verdict of an entry is the count after it. */
class Counter implements FSM<number> {
  count = 0

  apply(batch: Parameters<FSM<number>['apply']>[0]): readonly number[] {
    return batch.map(({ type }) => (type === 'command' ? ++this.count : this.count))
  }

  snapshot(): ReturnType<FSM<number>['snapshot']> {
    const bytes = new TextEncoder().encode(String(this.count))
    return { persist: (sink, done) => sink.write(bytes, done), release: () => {} }
  }

  restore(source: Parameters<FSM<number>['restore']>[0], done: Parameters<FSM<number>['restore']>[1]): void {
    source.read(0, source.sizeBytes, (error, bytes) => {
      if (error) return done(error)
      this.count = Number(new TextDecoder().decode(bytes))
      source.close(done)
    })
  }
}

const clock: Clock = {
  now: () => performance.now(),
  wakeAt: (at, wake) => {
    const timer = setTimeout(wake, Math.max(0, Math.ceil(at - performance.now())) + 1)
    return () => clearTimeout(timer)
  },
}

/** A counter that survives its process: one voter here, with real disk and TCP; more peers make it survive a machine. */
export async function openCounter(directory: string): Promise<RaftNode<number>> {
  const transport = tcpTransport({ bindAddress: '127.0.0.1:0', clock, random: Math.random })
  const node = new RaftNode({
    id: 'one',
    address: '127.0.0.1:5001',
    formation: {
      chainId: 'counter',
      genesisHash: '00'.repeat(32),
      peers: [{ id: 'one', address: '127.0.0.1:5001' }],
      bootstrap: true,
      isEmpty: true,
    },
    ...raftDirectory({ directory }),
    transport,
    fsm: new Counter(),
    clock,
    random: { bytes: (length) => randomBytes(length) },
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    timing: { heartbeatTimeoutMs: 100, leaderLeaseTimeoutMs: 100 },
  })
  await node.start()
  return node
}

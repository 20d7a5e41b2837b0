import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Clock, RaftNode } from 'raft-core'
import { raftDirectory } from 'raft-store-level'
import { tcpTransport } from 'raft-transport-tcp'
import { DigestFsm } from './digest-fsm.ts'
import { driveLoad, type LoadRequest, type LoadResult } from './load.ts'

/** What a node process is started with, as JSON in its first argument. */
export interface LogNodeOptions {
  readonly id: string
  readonly address: string
  readonly directory: string
  readonly peers: readonly { readonly id: string; readonly address: string }[]
  readonly heartbeatTimeoutMs: number
  readonly leaderLeaseTimeoutMs: number
}

/** What the parent asks over IPC, and what it is answered. */
export type LogNodeRequest =
  | { readonly kind: 'status' }
  | ({ readonly kind: 'load' } & LoadRequest)
  | { readonly kind: 'stop' }
export type LogNodeAnswer =
  | {
      readonly kind: 'status'
      readonly role: string
      readonly term: number
      readonly applied: number
      readonly count: number
      readonly digest: number
    }
  | ({ readonly kind: 'load' } & LoadResult)
  | { readonly kind: 'role'; readonly role: string; readonly term: number }
  | { readonly kind: 'failed'; readonly message: string }

const clock: Clock = {
  now: () => performance.now(),
  wakeAt(at, wake) {
    let timer: NodeJS.Timeout
    const arm = (): void => {
      timer = setTimeout(
        () => (performance.now() < at ? arm() : wake()),
        Math.max(0, Math.ceil(at - performance.now())),
      )
    }
    arm()
    return () => clearTimeout(timer)
  },
}

/** Runs one Raft node with real TCP and a real disk, driven by the parent process. */
export async function serveLogNode(options: LogNodeOptions): Promise<void> {
  const fsm = new DigestFsm()
  const answer = (message: LogNodeAnswer): void => void process.send?.(message)
  const node = new RaftNode<number>({
    id: options.id,
    address: options.address,
    formation: { chainId: 'bench', genesisHash: '00', peers: options.peers, bootstrap: true, isEmpty: true },
    ...raftDirectory({ directory: options.directory }),
    transport: tcpTransport({ bindAddress: options.address, clock, random: Math.random }),
    fsm,
    clock,
    random: { bytes: (length) => randomBytes(length) },
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    crc32,
    timing: { heartbeatTimeoutMs: options.heartbeatTimeoutMs, leaderLeaseTimeoutMs: options.leaderLeaseTimeoutMs },
  })
  node.on((event) => {
    if (event.kind === 'roleChanged') answer({ kind: 'role', role: event.role, term: event.term })
    if (event.kind !== 'failed') return
    answer({ kind: 'failed', message: event.error.message })
    process.exitCode = 1
  })
  process.on('message', (request: LogNodeRequest) => {
    if (request.kind === 'status') {
      const { role, term, appliedIndex } = node.status()
      answer({ kind: 'status', role, term, applied: appliedIndex, count: fsm.count, digest: fsm.digest })
    } else if (request.kind === 'load') {
      driveLoad(node, request).then(
        (result) => answer({ kind: 'load', ...result }),
        (error: unknown) => answer({ kind: 'failed', message: String(error) }),
      )
    } else {
      node.stop().then(
        () => process.disconnect(),
        (error: unknown) => answer({ kind: 'failed', message: String(error) }),
      )
    }
  })
  process.on('disconnect', () => process.exit())
  await node.start()
}

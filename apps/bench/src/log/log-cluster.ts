import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadRequest } from './load.ts'
import type { LogNodeAnswer, LogNodeOptions, LogNodeRequest } from './log-node.ts'

type Answer<Kind extends LogNodeAnswer['kind']> = Extract<LogNodeAnswer, { kind: Kind }>

export interface LogClusterOptions {
  /** Where the nodes keep their data; one folder each. */
  readonly directory: string
  readonly nodes?: number
  readonly heartbeatTimeoutMs?: number
  readonly leaderLeaseTimeoutMs?: number
}

const program = fileURLToPath(new URL('../../bin/log-node.js', import.meta.url))

/** Node processes on loopback that replicate a log with real fsync; their parent asks and kills. */
export class LogCluster {
  readonly ids: readonly string[]
  readonly #options: LogClusterOptions
  readonly #addresses: ReadonlyMap<string, string>
  readonly #children = new Map<string, ChildProcess>()

  private constructor(options: LogClusterOptions, addresses: ReadonlyMap<string, string>) {
    this.#options = options
    this.#addresses = addresses
    this.ids = [...addresses.keys()]
  }

  static async start(options: LogClusterOptions): Promise<LogCluster> {
    const ports = await freePorts(options.nodes ?? 3)
    const cluster = new LogCluster(options, new Map(ports.map((port, i) => [`n${i + 1}`, `127.0.0.1:${port}`])))
    for (const id of cluster.ids) cluster.launch(id)
    return cluster
  }

  /** Starts a node on its directory, also again. */
  launch(id: string): void {
    const options: LogNodeOptions = {
      id,
      address: this.#addresses.get(id)!,
      directory: join(this.#options.directory, id),
      peers: [...this.#addresses].map(([peer, address]) => ({ id: peer, address })),
      heartbeatTimeoutMs: this.#options.heartbeatTimeoutMs ?? 1000,
      leaderLeaseTimeoutMs: this.#options.leaderLeaseTimeoutMs ?? 500,
    }
    const child = fork(program, [JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    })
    child.on('message', (answer: LogNodeAnswer) => {
      if (answer.kind === 'failed') process.stderr.write(`${id}: ${answer.message}\n`)
    })
    this.#children.set(id, child)
  }

  /** The node that leads, once there is one. */
  async leader(signal?: AbortSignal): Promise<string> {
    for (;;) {
      signal?.throwIfAborted()
      for (const id of this.#children.keys()) if ((await this.status(id)).role === 'leader') return id
      await Promise.race([...this.#children.values()].map((child) => answerOf(child, 'role', signal)))
    }
  }

  status(id: string): Promise<Answer<'status'>> {
    return this.#ask(id, { kind: 'status' }, 'status')
  }

  load(id: string, request: LoadRequest): Promise<Answer<'load'>> {
    return this.#ask(id, { kind: 'load', ...request }, 'load')
  }

  /** kill -9. */
  async kill(id: string): Promise<void> {
    const child = this.#children.get(id)!
    this.#children.delete(id)
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  async stop(): Promise<void> {
    const children = [...this.#children.values()]
    this.#children.clear()
    const exits = children.map((child) => once(child, 'exit'))
    for (const child of children) child.send({ kind: 'stop' } satisfies LogNodeRequest)
    await Promise.all(exits)
  }

  async #ask<Kind extends LogNodeAnswer['kind']>(
    id: string,
    request: LogNodeRequest,
    kind: Kind,
  ): Promise<Answer<Kind>> {
    const child = this.#children.get(id)!
    const answer = answerOf(child, kind)
    child.send(request)
    return answer
  }
}

function answerOf<Kind extends LogNodeAnswer['kind']>(
  child: ChildProcess,
  kind: Kind,
  signal?: AbortSignal,
): Promise<Answer<Kind>> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      signal?.removeEventListener('abort', onExit)
    }
    const onMessage = (answer: LogNodeAnswer): void => {
      if (answer.kind !== kind) return
      finish()
      resolve(answer as Answer<Kind>)
    }
    const onExit = (): void => {
      finish()
      reject(new Error('the node ended before it answered'))
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
    signal?.addEventListener('abort', onExit, { once: true })
  })
}

/** Ports that were free a moment ago; all held at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

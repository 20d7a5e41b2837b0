import { createServer, type Server } from 'node:net'
import type { NodePorts } from './ports.ts'

const host = '127.0.0.1'

/** Ports that nobody listens on now. All are held until the last is found, so that they differ. */
export async function freePorts(nodes: number): Promise<readonly NodePorts[]> {
  const servers: Server[] = []
  try {
    for (let i = 0; i < nodes * 4; i += 1) servers.push(await listen(0))
    const numbers = servers.map((server) => (server.address() as { port: number }).port)
    return Array.from({ length: nodes }, (_, i) => {
      const [rpc, raft, p2p, metrics] = numbers.slice(i * 4)
      return { rpc: rpc!, raft: raft!, p2p: p2p!, metrics: metrics! }
    })
  } finally {
    await Promise.all(servers.map(close))
  }
}

/** Those of `ports` that cannot be listened on, each with the system's word for why (`EADDRINUSE`, `EACCES`, …). */
export async function busyPorts(ports: readonly number[]): Promise<readonly { port: number; why: string }[]> {
  const answers = await Promise.all(
    ports.map(async (port) => {
      try {
        await close(await listen(port))
        return undefined
      } catch (error) {
        return { port, why: (error as NodeJS.ErrnoException).code ?? String(error) }
      }
    }),
  )
  return answers.filter((answer) => answer !== undefined)
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
  })
}

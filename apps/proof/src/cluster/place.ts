import { join } from 'node:path'
import { freePorts } from './free-ports.ts'

/** Where a node lives. */
export interface Place {
  readonly id: string
  readonly home: string
  /** At which the others, and we, reach it. */
  readonly host: string
  readonly raftPort: number
  readonly rpcPort: number
  readonly p2pPort: number
  readonly metricsPort: number
  /** A command that runs the node's command in a place of its own, such as `ip netns exec NAME`. */
  readonly prefix: readonly string[]
}

/** Places on this machine, with ports that nobody uses. */
export async function loopbackPlaces(directory: string, nodes: number): Promise<readonly Place[]> {
  const ports = await freePorts(4 * nodes)
  return Array.from({ length: nodes }, (_, i) => {
    const [raftPort, rpcPort, p2pPort, metricsPort] = ports.slice(4 * i)
    const id = `node-${i}`
    return {
      id,
      home: join(directory, id),
      host: '127.0.0.1',
      raftPort: raftPort!,
      rpcPort: rpcPort!,
      p2pPort: p2pPort!,
      metricsPort: metricsPort!,
      prefix: [],
    }
  })
}

import { join } from 'node:path'
import { AggregatorError } from '../../errors.ts'
import { blockTimeOf, type DevnetOptions } from '../options.ts'
import { type DevnetFile, readDevnetFile } from './devnet-file.ts'
import { busyPorts, freePorts } from './free-ports.ts'
import { isLiveDevnet } from './owner.ts'
import { type NodePorts, plannedPorts, portNumbers } from './ports.ts'
import { forgetChain } from './reset.ts'

export interface PlannedNode extends NodePorts {
  readonly id: string
  readonly home: string
  readonly logFile: string
  /** Known once its home is made. */
  readonly peerId: string | undefined
}

/** Everything that is decided before the first process starts. */
export interface DevnetPlan {
  readonly chainId: string
  readonly home: string
  readonly blockTimeMs: number
  readonly nodes: readonly PlannedNode[]
}

/**
 * Decides homes and ports. A home that has a chain keeps its nodes and ports, because its members know each other by them;
 * `reset`, and every tour, begin anew.
 *
 * `HOME_UNUSABLE` when a devnet runs in this home, `USAGE` when the chain was founded otherwise than asked for,
 * `PORT_IN_USE` with all ports that are taken.
 */
export async function makePlan(options: DevnetOptions): Promise<DevnetPlan> {
  const home = options.tour ? join(options.home, 'tour') : options.home
  const isNew = options.reset || options.tour
  const found = await readIfReadable(home, isNew)
  if (await isLiveDevnet(found?.pid)) {
    const problem = `process ${found?.pid} runs a devnet in ${home}`
    throw new AggregatorError('HOME_UNUSABLE', `${problem}; stop it, or choose another --home with --base-port 0`)
  }
  if (isNew) await forgetChain(home)
  const known = isNew ? undefined : found
  if (known) checkSame(known, options)
  const ports = known?.nodes ?? (await portsFor(options))
  await checkFree(ports)
  return {
    chainId: known?.chain_id ?? 'devnet',
    home,
    blockTimeMs: blockTimeOf(options),
    nodes: ports.map(({ rpc, raft, p2p, metrics }, i) => {
      const id = `node-${i}`
      const logFile = join(home, 'logs', `${id}.log`)
      return { id, home: join(home, id), logFile, rpc, raft, p2p, metrics, peerId: known?.nodes[i]?.peer_id }
    }),
  }
}

/** Where `devnet.json` is. */
export function devnetFilePath(home: string): string {
  return join(home, 'devnet.json')
}

/** What `devnet.json` says of a plan. */
export function toFile({ chainId, nodes }: DevnetPlan, pid: number | undefined): DevnetFile {
  return {
    chain_id: chainId,
    ...(pid !== undefined && { pid }),
    nodes: nodes.map(({ id, home, rpc, raft, p2p, metrics, peerId }) => ({
      id,
      home,
      rpc,
      raft,
      p2p,
      metrics,
      ...(peerId !== undefined && { peer_id: peerId }),
    })),
  }
}

async function readIfReadable(home: string, isNew: boolean): Promise<DevnetFile | undefined> {
  try {
    return await readDevnetFile(devnetFilePath(home))
  } catch (error) {
    // A reset is the way out of a file that nobody understands.
    if (isNew) return undefined
    throw error
  }
}

function portsFor({ nodes, basePort }: DevnetOptions): readonly NodePorts[] | Promise<readonly NodePorts[]> {
  return basePort === 0 ? freePorts(nodes) : plannedPorts(nodes, basePort)
}

function checkSame({ nodes }: DevnetFile, options: DevnetOptions): void {
  const advice = 'begin anew with --reset, or choose another --home'
  if (nodes.length !== options.nodes) {
    throw new AggregatorError('USAGE', `the chain in ${options.home} has ${nodes.length} nodes; ${advice}`)
  }
  const { basePort } = options
  if (basePort === undefined || basePort === 0) return
  const asked = portNumbers(plannedPorts(nodes.length, basePort))
  if (portNumbers(nodes).join() !== asked.join()) {
    throw new AggregatorError('USAGE', `the chain in ${options.home} was founded on other ports; ${advice}`)
  }
}

async function checkFree(ports: readonly NodePorts[]): Promise<void> {
  const busy = await busyPorts(portNumbers(ports))
  if (busy.length === 0) return
  const list = busy.map(({ port, why }) => `${port} (${why})`).join(', ')
  const advice = 'stop what uses them, or start with --base-port 0 and a new --home'
  throw new AggregatorError('PORT_IN_USE', `cannot listen on 127.0.0.1 at ${list}; ${advice}`)
}

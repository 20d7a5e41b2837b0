import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AggregatorError } from '../../errors.ts'
import type { NodeProgram } from '../process/node-program.ts'
import { runToEnd } from '../process/run-to-end.ts'
import { initFlags } from './node-flags.ts'
import type { DevnetPlan, PlannedNode } from './plan.ts'

/**
 * Makes the homes that are missing and returns the plan with every peer id. `HOME_UNUSABLE` with the program's last line
 * when one cannot be made. Rejects with the reason of `signal` when it aborts.
 */
export async function makeHomes(plan: DevnetPlan, program: NodeProgram, signal: AbortSignal): Promise<DevnetPlan> {
  const [first, ...others] = plan.nodes
  // The others copy genesis and key of the first.
  const made = [await makeHome(plan, first!, program, signal)]
  made.push(...(await Promise.all(others.map((node) => makeHome(plan, node, program, signal)))))
  return { ...plan, nodes: made }
}

async function makeHome(
  plan: DevnetPlan,
  node: PlannedNode,
  program: NodeProgram,
  signal: AbortSignal,
): Promise<PlannedNode> {
  const nodeKey = join(node.home, 'config', 'node_key.json')
  if (!existsSync(nodeKey)) {
    const { exitCode, lastLine } = await runToEnd(program, initFlags(plan, node), signal)
    signal.throwIfAborted()
    if (exitCode !== 0) throw unusable(node, lastLine)
  }
  try {
    // Loaded only here: commands that need no key start sooner.
    const { loadNodeKey } = await import('p2p-catchup/node-key')
    return { ...node, peerId: (await loadNodeKey(nodeKey)).peerId }
  } catch (cause) {
    throw unusable(node, (cause as Error).message, cause)
  }
}

function unusable({ id }: PlannedNode, why: string, cause?: unknown): AggregatorError {
  return new AggregatorError('HOME_UNUSABLE', `the home of ${id} cannot be made: ${why}; try --reset`, { cause })
}

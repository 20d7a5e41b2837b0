import type { NodeClient } from '../client/node-client.ts'
import type { Clock } from '../clock.ts'
import type { Audit } from './audit.ts'

// A tenth of a second is below what eyes notice; during a failover the measure wants more.
const pollMs = 100
const fastPollMs = 20
// So that a node with a long way to go is still asked for its status in between.
const blocksPerTurn = 50

/** Asks one node again and again for its status and its blocks, and tells `audit`. Ends when `signal` aborts. */
export async function watchNode(
  id: string,
  client: NodeClient,
  audit: Audit,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let next = 0
  while (!signal.aborted) {
    try {
      const status = await client.status()
      if (status.node_id !== id) throw new Error(`${status.node_id} answers at the port of ${id}`)
      audit.onStatus(id, status, clock.now())
      next = Math.max(next, audit.firstHeight ?? 1)
      const last = Math.min(status.height, next + blocksPerTurn - 1)
      while (next <= last && !signal.aborted) {
        const block = await client.block(next)
        if (block === undefined) break
        audit.onBlock(id, block)
        next += 1
      }
    } catch (error) {
      if (!signal.aborted) audit.onSilence(id, error instanceof Error ? error.message : String(error))
    }
    await clock.sleep(audit.leadership.isFailingOver ? fastPollMs : pollMs, signal)
  }
}

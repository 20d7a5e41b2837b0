import { setMaxListeners } from 'node:events'
import { Actions } from './actions.ts'
import { Audit } from './audit/audit.ts'
import { type DevnetEvent, EventLog } from './audit/events.ts'
import { watchNode } from './audit/watch-node.ts'
import { httpClient } from './client/http.ts'
import { type NodeClient, nodeClient } from './client/node-client.ts'
import type { Clock } from './clock.ts'
import { Load } from './load/load.ts'
import { logLimits, startFlags } from './plan/node-flags.ts'
import type { DevnetPlan } from './plan/plan.ts'
import type { NodeProgram } from './process/node-program.ts'
import { describeExit } from './process/node-process.ts'
import { startOrphanGuard } from './process/orphan-guard.ts'
import type { ProcessControl } from './process/process-control.ts'
import { Supervisor } from './process/supervisor.ts'

export interface StartOptions {
  readonly plan: DevnetPlan
  readonly txRate: number
  readonly program: NodeProgram
  readonly clock: Clock
  /** Ends what the devnet does; the nodes go on until `close`. */
  readonly stop: AbortSignal
  /** Aborts when stopping must not take time. */
  readonly hurry: AbortSignal
  readonly runId: string
  readonly restartAfterMs: number
  readonly stopLimitMs: number
  /** An event's text is final. */
  readonly onEvent: (event: DevnetEvent) => void
}

/** A devnet that runs. */
export interface Devnet {
  readonly plan: DevnetPlan
  readonly supervisor: ProcessControl
  readonly audit: Audit
  readonly events: EventLog
  readonly load: Load
  readonly actions: Actions
  readonly clients: ReadonlyMap<string, NodeClient>
  /** What ended by itself so far, in a line each. */
  readonly falls: readonly string[]
  /** Ends everything it started. */
  close(): Promise<void>
}

/** Starts all nodes, the auditor and the load. */
export function startDevnet(options: StartOptions): Devnet {
  const { plan, clock, program, restartAfterMs, stopLimitMs, runId, hurry } = options
  const closing = new AbortController()
  const { signal } = closing
  // Every loop, and every client, waits on it.
  setMaxListeners(0, signal)
  if (options.stop.aborted) closing.abort()
  options.stop.addEventListener('abort', () => closing.abort(), { once: true })
  const falls: string[] = []
  const events = new EventLog(() => clock.wallNow(), options.onEvent)
  const clients = new Map(plan.nodes.map(({ id, rpc }) => [id, nodeClient(httpClient(rpc, signal))]))
  const load = new Load({
    clients: [...clients.values()],
    runId,
    onAcknowledged: (text) => audit.transactions.onAcknowledged(text, clock.now()),
  })
  const audit = new Audit({
    events,
    trailingLogs: logLimits(plan.blockTimeMs).trailing,
    isOurTransaction: (text) => load.isOurs(text),
  })
  const guard = startOrphanGuard((why) => events.add(`nodes would outlive a sudden end of the devnet: ${why}`))
  const supervisor = new Supervisor({
    nodes: plan.nodes.map((node) => ({ id: node.id, logFile: node.logFile, args: startFlags(plan, node) })),
    program,
    guard,
    clock,
    restartAfterMs,
    stopLimitMs,
    onRunning: (id) => audit.onReturning(id),
    onUnexpectedExit: (id, exit, lastLine) => {
      const what = `${describeExit(exit)}${lastLine === '' ? '' : `: ${lastLine}`}`
      falls.push(`${id} ${what}`)
      falls.splice(0, falls.length - 20)
      audit.onFault({ id, what, at: clock.now(), wallMs: clock.wallNow() })
    },
    onGivenUp: (id) => events.add(`${id} stays down: it fell three times within a minute`),
  })
  const actions = new Actions({ plan, supervisor, audit, events, load, clock, signal, hurry })
  for (const { id } of plan.nodes) supervisor.start(id)
  const work = [
    ...[...clients].map(([id, client]) => watchNode(id, client, audit, clock, signal)),
    load.run(options.txRate, clock, signal),
  ]
  return {
    plan,
    supervisor,
    audit,
    events,
    load,
    actions,
    clients,
    falls,
    close: async () => {
      closing.abort()
      await Promise.all(work)
      await supervisor.close(hurry)
      await guard.close()
    },
  }
}

import { Actions } from '../../../src/devnet/actions.ts'
import { Audit } from '../../../src/devnet/audit/audit.ts'
import { EventLog } from '../../../src/devnet/audit/events.ts'
import { watchNode } from '../../../src/devnet/audit/watch-node.ts'
import type { Devnet } from '../../../src/devnet/devnet.ts'
import { Load } from '../../../src/devnet/load/load.ts'
import { plannedPorts } from '../../../src/devnet/plan/ports.ts'
import { ManualClock } from './manual-clock.ts'
import { type Misbehaviour, SimulatedCluster, trailing } from './simulated-cluster.ts'

/** A devnet on a simulated cluster: everything but processes, HTTP and time is what ships. */
export interface SimulatedDevnet {
  readonly devnet: Devnet
  readonly cluster: SimulatedCluster
  readonly clock: ManualClock
  readonly stop: AbortController
  /** The texts of all events so far. */
  readonly lines: () => readonly string[]
  readonly close: () => Promise<void>
}

export function simulateDevnet(wrong: Misbehaviour = {}): SimulatedDevnet {
  const clock = new ManualClock()
  const stop = new AbortController()
  const { signal } = stop
  const cluster = new SimulatedCluster(clock, wrong)
  const events = new EventLog(() => clock.wallNow())
  const clients = cluster.clients
  const load = new Load({
    clients: [...clients.values()],
    runId: 'run',
    onAcknowledged: (text) => audit.transactions.onAcknowledged(text, clock.now()),
  })
  const audit = new Audit({ events, trailingLogs: trailing, isOurTransaction: (text) => load.isOurs(text) })
  cluster.onRunning = (id) => audit.onReturning(id)
  const nodes = plannedPorts(3, undefined).map((ports, i) => {
    const id = `node-${i}`
    return { ...ports, id, home: `/devnet/${id}`, logFile: `/devnet/logs/${id}.log`, peerId: undefined }
  })
  const plan = { chainId: 'devnet', home: '/devnet', blockTimeMs: 250, nodes }
  const actions = new Actions({ plan, supervisor: cluster, audit, events, load, clock, signal, hurry: signal })
  const work = [
    cluster.run(signal),
    load.run(2, clock, signal),
    ...[...clients].map(([id, client]) => watchNode(id, client, audit, clock, signal)),
  ]
  const close = async (): Promise<void> => {
    stop.abort()
    await Promise.all(work)
  }
  return {
    devnet: { plan, supervisor: cluster, audit, events, load, actions, clients, falls: [], close },
    cluster,
    clock,
    stop,
    lines: () => events.newest(200).map(({ text }) => text),
    close,
  }
}

import type { Config } from '../config.ts'
import { formatHostPort, type HostPort, isLoopback, isUnspecified } from '../values/host-port.ts'
import { multiaddrHostPort } from '../values/multiaddr.ts'
import { quote } from '../values/quote.ts'
import type { Rule } from './rule.ts'

interface Listener extends HostPort {
  readonly key: string
}

/** Two servers of one process cannot listen on one port. */
const distinctPorts: Rule = {
  reads: [
    'raft.enable',
    'raft.raft_addr',
    'p2p.listen_address',
    'rpc.address',
    'instrumentation.prometheus',
    'instrumentation.prometheus_listen_addr',
  ],
  check: (config, report) => {
    const listeners = listenersOf(config)
    for (const [index, listener] of listeners.entries()) {
      const other = listeners.slice(0, index).find((earlier) => isSamePlace(earlier, listener))
      if (other)
        report.error(listener.key, `${quote(formatHostPort(listener))} is taken by ${other.key}; write another port`)
    }
  },
}

/** Whoever reaches the HTTP server may post transactions. */
const openRpc: Rule = {
  reads: ['rpc.address'],
  check: ({ rpc }, report) => {
    if (!isLoopback(rpc.address.host))
      report.note(
        'rpc.address',
        'is reachable from other hosts without a password; let only those in who may send transactions',
      )
  },
}

/** The servers of this process. */
export const listenerRules: readonly Rule[] = [distinctPorts, openRpc]

function listenersOf({ raft, p2p, rpc, instrumentation }: Config): readonly Listener[] {
  const listeners: Listener[] = [
    { key: 'rpc.address', ...rpc.address },
    { key: 'p2p.listen_address', ...multiaddrHostPort(p2p.listenAddress) },
  ]
  if (raft.enable && raft.raftAddr) listeners.push({ key: 'raft.raft_addr', ...raft.raftAddr })
  if (instrumentation.prometheus) {
    listeners.push({ key: 'instrumentation.prometheus_listen_addr', ...instrumentation.prometheusListenAddr })
  }
  return listeners
}

function isSamePlace(a: Listener, b: Listener): boolean {
  return a.port === b.port && a.port !== 0 && (a.host === b.host || isUnspecified(a.host) || isUnspecified(b.host))
}

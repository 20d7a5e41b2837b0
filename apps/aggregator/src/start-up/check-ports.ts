import { createServer } from 'node:net'
import type { Config } from '../config/index.ts'
import { formatHostPort, type HostPort } from '../config/index.ts'
import { multiaddrHostPort } from '../config/values/multiaddr.ts'
import { AggregatorError } from '../errors.ts'
import { SeveralErrors } from './several-errors.ts'

/** Listens for a moment where the node will, so that every port that cannot be had is named at once: `PORT_IN_USE`. */
export async function checkPorts(config: Config): Promise<void> {
  const errors: Error[] = []
  for (const { key, place } of listenersOf(config)) {
    const problem = place.port === 0 ? undefined : await whyNot(place)
    if (problem) errors.push(new AggregatorError('PORT_IN_USE', `${key} ${formatHostPort(place)}: ${problem}`))
  }
  if (errors.length > 0) throw new SeveralErrors('PORT_IN_USE', errors)
}

interface Listener {
  readonly key: string
  readonly place: HostPort
}

function listenersOf({ rpc, raft, p2p, instrumentation }: Config): readonly Listener[] {
  return [
    { key: 'rpc.address', place: rpc.address },
    ...(raft.enable && raft.raftAddr ? [{ key: 'raft.raft_addr', place: raft.raftAddr }] : []),
    { key: 'p2p.listen_address', place: multiaddrHostPort(p2p.listenAddress) },
    ...(instrumentation.prometheus
      ? [{ key: 'instrumentation.prometheus_listen_addr', place: instrumentation.prometheusListenAddr }]
      : []),
  ]
}

async function whyNot({ host, port }: HostPort): Promise<string | undefined> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, ...(host !== '' && { host }) }, resolve)
    })
    await new Promise((resolve) => {
      server.close(resolve)
    })
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return reasons[code] ?? `cannot be listened on (${code || String(error)}); write another address`
  }
}

const reasons: Readonly<Record<string, string | undefined>> = {
  EADDRINUSE: 'is in use; stop what listens there, or write another port',
  EACCES: 'is not allowed to this user; write a port above 1023',
  EADDRNOTAVAIL: 'is no address of this machine; write one that it has, or 0.0.0.0',
  ENOTFOUND: 'the host name is not known; write an address of this machine',
  EAI_AGAIN: 'the host name cannot be looked up now; write an address of this machine',
}

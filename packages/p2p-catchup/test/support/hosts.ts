import { randomBytes } from 'node:crypto'
import { createHost, type Host, type HostOptions } from 'p2p-catchup'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach } from 'vitest'
import { realClock } from './clocks.ts'

const opened: Host[] = []

afterEach(async () => {
  const hosts = opened.splice(0)
  // Closing politely waits for the other side, which is closing too.
  for (const host of hosts) for (const open of host.libp2p.getConnections()) open.abort(new Error('the test is over'))
  await Promise.all(hosts.map((host) => host.stop()))
})

/** A host on a free port of this machine, stopped after the test. */
export async function openHost(options: Partial<HostOptions> = {}): Promise<Host> {
  const host = await createHost({
    seed: randomBytes(32),
    listenAddress: '/ip4/127.0.0.1/tcp/0',
    clock: realClock,
    random: Math.random,
    ...options,
  })
  opened.push(host)
  return host
}

export async function connect(from: Host, to: Host): Promise<void> {
  await from.libp2p.dial(multiaddr(to.addresses()[0]))
}

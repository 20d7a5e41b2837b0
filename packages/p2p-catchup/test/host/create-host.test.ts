import { randomBytes } from 'node:crypto'
import { createHost, type Host, type Logger, nodeKeyFromSeed } from 'p2p-catchup'
import { expect, test } from 'vitest'
import { ManualClock, realClock } from '../support/clocks.ts'
import { codeOf } from '../support/code-of.ts'
import { connect, openHost } from '../support/hosts.ts'

const options = { listenAddress: '/ip4/127.0.0.1/tcp/0', clock: realClock, random: () => 0.5 }

function connected(host: Host, peer: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!host.connected().includes(peer)) return
      host.libp2p.removeEventListener('peer:connect', look)
      resolve()
    }
    host.libp2p.addEventListener('peer:connect', look)
    look()
  })
}

function disconnected(host: Host): Promise<void> {
  return new Promise((resolve) => host.libp2p.addEventListener('peer:disconnect', () => resolve(), { once: true }))
}

/** A logger that tells of each warning. */
function listening(): { logger: Logger; warned: () => Promise<{ fields: object; message: string }> } {
  const waiting: ((warning: { fields: object; message: string }) => void)[] = []
  const warn = (fields: object, message: string): void => waiting.splice(0).forEach((tell) => tell({ fields, message }))
  return {
    logger: { debug() {}, info() {}, warn, error() {} },
    warned: () => new Promise((resolve) => waiting.push(resolve)),
  }
}

test('the peer id comes from the seed, and the addresses name it', async () => {
  const seed = randomBytes(32)
  const host = await openHost({ seed })
  expect(host.peerId).toBe((await nodeKeyFromSeed(seed)).peerId)
  expect(host.addresses()).toEqual([expect.stringMatching(new RegExp(`^/ip4/127.0.0.1/tcp/\\d+/p2p/${host.peerId}$`))])
})

test('configured peers are dialed, and again after they come back', async () => {
  const seed = randomBytes(32)
  const first = await openHost({ seed })
  const { logger, warned } = listening()
  const clock = new ManualClock()
  const host = await openHost({ clock, random: () => 1, logger, peers: first.addresses() })
  clock.advance(0)
  await connected(host, first.peerId)
  const listenAddress = first.addresses()[0]!.replace(/\/p2p\/.*/, '')
  const gone = disconnected(host)
  await first.stop()
  await gone

  // Back-off: 1 s after the disconnect and after the first failure, then 2 s, 4 s, at most 30 s.
  for (const waitMs of [1000, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    expect(clock.nextAt! - clock.now()).toBe(waitMs)
    const failure = warned()
    clock.advance(waitMs)
    expect(await failure).toMatchObject({ fields: { address: first.addresses()[0] ?? expect.any(String) } })
    await afterFailure()
  }
  await openHost({ seed, listenAddress })
  clock.advance(30_000)
  await connected(host, first.peerId)
})

/** The next dial is scheduled right after the warning. */
const afterFailure = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('another identity at a configured address is told apart from an address that does not answer', async () => {
  const stranger = await openHost()
  const expected = await nodeKeyFromSeed(randomBytes(32))
  const { logger, warned } = listening()
  const warning = warned()
  const address = stranger.addresses()[0]!.replace(stranger.peerId, expected.peerId)
  const host = await openHost({ logger, peers: [address] })
  expect((await warning).message).toContain('another node answers')
  expect(host.connected()).toEqual([])
})

test('its own address among the peers is left out', async () => {
  const seed = randomBytes(32)
  const { peerId } = await nodeKeyFromSeed(seed)
  const clock = new ManualClock()
  await openHost({ seed, clock, peers: [`/ip4/127.0.0.1/tcp/1/p2p/${peerId}`] })
  expect(clock.nextAt).toBeUndefined()
})

test('a banned peer comes back when its time is over', async () => {
  const clock = new ManualClock()
  const [host, peer] = await Promise.all([openHost({ clock, limits: { banMs: 5000 } }), openHost()])
  await connect(host, peer)
  const gone = disconnected(host)
  host.ban(peer.peerId, 'a lie')
  await gone
  await expect(connect(host, peer)).rejects.toThrow()
  clock.advance(5000)
  expect(host.banReason(peer.peerId)).toBeUndefined()
  await connect(host, peer)
  expect(host.connected()).toEqual([peer.peerId])
})

test.each([
  ['a listen address that is none', { listenAddress: '127.0.0.1:7676' }],
  ['a listen address that is not TCP', { listenAddress: '/ip4/127.0.0.1/udp/7676' }],
  ['a peer that is no address', { peers: ['node-1:7676'] }],
  ['a peer without an id', { peers: ['/ip4/127.0.0.1/tcp/7676'] }],
])('%s is refused', async (_, wrong) => {
  expect(await codeOf(() => createHost({ ...options, seed: randomBytes(32), ...wrong }))).toBe('INVALID_OPTIONS')
})

test('a port that is taken says so', async () => {
  const first = await openHost()
  const listenAddress = first.addresses()[0]!.replace(/\/p2p\/.*/, '')
  expect(await codeOf(() => createHost({ ...options, seed: randomBytes(32), listenAddress }))).toBe('HOST_FAILED')
})

test('a host stops with its signal', async () => {
  const controller = new AbortController()
  const host = await openHost({ signal: controller.signal })
  const peer = await openHost({ peers: host.addresses() })
  await connected(peer, host.peerId)
  const gone = disconnected(peer)
  controller.abort()
  await gone
  await host.stop()
  expect(host.addresses()).toEqual([])
  expect(await codeOf(() => createHost({ ...options, seed: randomBytes(32), signal: controller.signal }))).toBe(20)
})

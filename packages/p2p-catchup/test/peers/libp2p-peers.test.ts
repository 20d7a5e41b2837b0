import { toHex } from 'block-fsm'
import {
  type Clock,
  defaultRequestLimits,
  type HistoryAnswer,
  type Host,
  type HistoryRequest,
  type Libp2pPeers,
  libp2pPeers,
  type RequestLimits,
  serveHistory,
} from 'p2p-catchup'
import type { Stream } from '@libp2p/interface'
import { expect, test } from 'vitest'
import { Chain, chainId } from '../support/chain.ts'
import { ManualClock, realClock } from '../support/clocks.ts'
import { codeOf } from '../support/code-of.ts'
import { connect, openHost } from '../support/hosts.ts'
import { exchange } from '../support/raw-stream.ts'
import { untilPeers } from '../support/until.ts'
import { encodeItems, encodeNotFound } from '../../src/protocol/messages.ts'

const chain = Chain.make(100)
const never = new AbortController().signal
const mebibyte = 1024 * 1024
const headers = `/${chainId}-headerSync/header-ex/v0.0.3`
const data = `/${chainId}-dataSync/header-ex/v0.0.3`
const page: HistoryRequest = { from: 3, amount: 4, limitBytes: mebibyte }

interface Pair {
  readonly asker: Host
  readonly server: Host
  readonly peers: Libp2pPeers
}

async function pair(
  prepare: (server: Host) => Promise<unknown>,
  limits: Partial<RequestLimits> = {},
  clock: Clock = realClock,
): Promise<Pair> {
  const [asker, server] = await Promise.all([openHost(), openHost()])
  await prepare(server)
  const peers = await libp2pPeers({ host: asker, chainId, clock, limits })
  await connect(asker, server)
  await untilPeers(peers, () => peers.list().length > 0)
  return { asker, server, peers }
}

/** A server that speaks ev-node's protocols and does what it is told with every stream: once asked, or without waiting. */
function scripted(act: (stream: Stream) => void, waits = true): (server: Host) => Promise<unknown> {
  return (server) =>
    server.libp2p.handle([headers, data], (stream) => {
      if (waits) stream.addEventListener('message', () => act(stream), { once: true })
      else act(stream)
    })
}

async function serve(server: Host): Promise<void> {
  await serveHistory({ host: server, chainId, store: await chain.store(), clock: realClock })
}

test('headers and data come from a peer that serves them', async () => {
  const { peers, server } = await pair(serve)
  await untilPeers(peers, () => peers.list()[0]?.pageLimit === 1024)
  expect(peers.list()).toEqual([{ peer: server.peerId, pageLimit: 1024 }])
  const answer = await peers.requestHeaders(server.peerId, page, never)
  expect(answer.items.map(toHex)).toEqual([3, 4, 5, 6].map((height) => toHex(chain.headerItem(height))))
  expect(answer.bytes).toBe([3, 4, 5, 6].reduce((sum, height) => sum + chain.headerItem(height).length, 0))
  const { items } = await peers.requestData(server.peerId, { ...page, amount: 100 }, never)
  expect(items.map(toHex)).toEqual(chain.blocks.slice(2).map((_, i) => toHex(chain.dataItem(3 + i))))
  expect((await peers.requestHeaders(server.peerId, { ...page, from: 101 }, never)).items).toEqual([])
  expect((await peers.requestHead(server.peerId, never)).items.map(toHex)).toEqual([toHex(chain.headerItem(100))])
})

test('a peer with only the protocols of ev-node is asked for smaller pages', async () => {
  const { peers, server } = await pair(scripted((stream) => stream.send(encodeItems([chain.headerItem(3)]))))
  expect(peers.list()).toEqual([{ peer: server.peerId, pageLimit: 64 }])
  const { items } = await peers.requestHeaders(server.peerId, { ...page, amount: 1 }, never)
  expect(items.map(toHex)).toEqual([toHex(chain.headerItem(3))])
})

test('an answer ends at the limit of bytes', async () => {
  const { peers, server } = await pair(serve)
  const one = chain.headerItem(3).length
  const cut = await peers.requestHeaders(server.peerId, { from: 3, amount: 9, limitBytes: one * 2 + 10 }, never)
  expect(cut.items).toHaveLength(2)
  expect(cut.nextItemBytes).toBeGreaterThanOrEqual(one)
  const none = await peers.requestHeaders(server.peerId, { from: 3, amount: 9, limitBytes: 10 }, never)
  expect(none).toMatchObject({ items: [], bytes: 0 })
  expect(none.nextItemBytes).toBeGreaterThanOrEqual(one)
})

const items = encodeItems([chain.headerItem(3), chain.headerItem(4)])

const answers: [string, Uint8Array, string][] = [
  ['garbage', Buffer.alloc(100, 0xff), 'PEER_MALFORMED'],
  ['a message that is no response', Buffer.from('03ffffff', 'hex'), 'PEER_MALFORMED'],
  ['a truncated message', items.subarray(0, items.length - 3), 'PEER_MALFORMED'],
  ['items and then that they are not there', Buffer.concat([items, encodeNotFound()]), 'PEER_MALFORMED'],
  ['a message of 11 MiB', Buffer.from('8080c005', 'hex'), 'PEER_MALFORMED'],
  ['nothing', Buffer.alloc(0), 'PEER_REFUSED'],
]

for (const waits of [true, false]) {
  test.each(answers)(`a peer that ${waits ? '' : 'does not wait, '}sends %s and closes`, async (_, bytes, code) => {
    const answer = (stream: Stream): void => {
      if (bytes.length > 0) stream.send(bytes)
      void stream.close()
    }
    const { peers, server } = await pair(scripted(answer, waits))
    expect(await codeOf(() => peers.requestHeaders(server.peerId, page, never))).toBe(code)
  })
}

test('a stream that is reset is a refusal, but what came before counts', async () => {
  let partial: Uint8Array = new Uint8Array(0)
  const { peers, server } = await pair(
    scripted((stream) => {
      if (partial.length > 0) stream.send(partial)
      stream.abort(new Error('no'))
    }),
  )
  expect(await codeOf(() => peers.requestHeaders(server.peerId, page, never))).toBe('PEER_REFUSED')
  partial = items
  expect(await peers.requestHeaders(server.peerId, page, never)).toMatchObject({ isBroken: true, items: { length: 2 } })
})

test('a silent peer is given up, also in the middle of an answer', async () => {
  const clock = new ManualClock()
  let first: Uint8Array = new Uint8Array(0)
  let asked: () => void = () => undefined
  const silent = scripted((stream) => {
    if (first.length > 0) stream.send(first)
    asked()
  })
  const { peers, server, asker } = await pair(silent, {}, clock)
  await server.libp2p.handle('/echo', (stream) => void stream.close())
  const ask = async (): Promise<HistoryAnswer> => {
    const arrived = new Promise<void>((resolve) => (asked = resolve))
    const answer = peers.requestHeaders(server.peerId, page, never)
    await arrived
    // What comes later over the same connection has come after what was sent before it.
    await exchange(asker, server, '/echo', '')
    clock.advance(defaultRequestLimits.silenceMs)
    return answer
  }
  expect(await codeOf(ask)).toBe('PEER_SILENT')
  first = items
  expect(await ask()).toMatchObject({ isBroken: true, items: { length: 2 } })
})

test('a peer that sends a byte now and then is too slow', async () => {
  const drip = scripted((stream) => {
    const frame = Buffer.from([...Buffer.from('c801', 'hex'), ...Buffer.alloc(200)])
    let sent = 0
    const timer = setInterval(() => stream.send(frame.subarray(sent, ++sent)), 10)
    stream.addEventListener('close', () => clearInterval(timer))
  })
  const { peers, server } = await pair(drip, { silenceMs: 200 })
  expect(await codeOf(() => peers.requestHeaders(server.peerId, page, never))).toBe('PEER_SILENT')
})

test('an aborted request rejects with the reason and leaves no stream behind', async () => {
  const { peers, server, asker } = await pair(scripted(() => undefined))
  const controller = new AbortController()
  const request = peers.requestHeaders(server.peerId, page, controller.signal)
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(request).rejects.toBe(reason)
  const open = asker.libp2p.getConnections().flatMap(({ streams }) => streams)
  expect(open.filter(({ protocol }) => protocol === headers)).toEqual([])
})

test('a convicted peer is disconnected, not listed and not let in again', async () => {
  const { peers, server, asker } = await pair(serve)
  const conviction = {
    peer: server.peerId,
    kind: 'wrong-header',
    height: 5,
    reason: 'x',
    bytes: new Uint8Array(0),
  } as const
  peers.convict(conviction)
  expect(peers.list()).toEqual([])
  expect(asker.banReason(server.peerId)).toBe('wrong-header: x')
  await untilPeers(peers, () => !asker.connected().includes(server.peerId))
  await expect(connect(asker, server)).rejects.toThrow()
  // The dialer is turned away after the handshake, which it may take for a connection first.
  await Promise.allSettled([connect(server, asker)])
  expect(asker.connected()).toEqual([])
  expect(await codeOf(() => peers.requestHeaders(server.peerId, page, never))).toBe('PEER_GONE')
})

test('a peer that was connected before anybody asked for history is listed too', async () => {
  const [asker, server] = await Promise.all([openHost(), openHost()])
  await serve(server)
  const early = await libp2pPeers({ host: asker, chainId, clock: realClock })
  await connect(asker, server)
  await untilPeers(early, () => early.list().length > 0)
  const late = await libp2pPeers({ host: asker, chainId, clock: realClock })
  expect(late.list()).toEqual(early.list())
})

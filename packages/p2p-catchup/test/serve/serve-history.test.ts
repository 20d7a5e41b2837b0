import { headerHash, toHex } from 'block-fsm'
import { type Host, historyProtocols, type ServeOptions, serveHistory } from 'p2p-catchup'
import { expect, test } from 'vitest'
import { Chain, chainId } from '../support/chain.ts'
import { realClock } from '../support/clocks.ts'
import { connect, openHost } from '../support/hosts.ts'
import { exchange, openStream, readAll } from '../support/raw-stream.ts'
import { encodeItems } from '../../src/protocol/messages.ts'

const chain = Chain.make(100)
const headers = `/${chainId}-headerSync/header-ex/v0.0.3`
const data = `/${chainId}-dataSync/header-ex/v0.0.3`
const notFound = { hex: '021002', ended: 'closed' }
const reset = { hex: '', ended: 'reset' }

async function served(options: Partial<ServeOptions> = {}): Promise<{ asker: Host; server: Host }> {
  const [asker, server] = await Promise.all([openHost(), openHost()])
  await serveHistory({ host: server, chainId, store: await chain.store(), clock: realClock, ...options })
  await connect(asker, server)
  return { asker, server }
}

const headerItems = (from: number, to: number): string => itemsHex(from, to, (height) => chain.headerItem(height))
const dataItems = (from: number, to: number): string => itemsHex(from, to, (height) => chain.dataItem(height))

function itemsHex(from: number, to: number, item: (height: number) => Uint8Array): string {
  return toHex(encodeItems(Array.from({ length: to - from + 1 }, (_, i) => item(from + i))))
}

test('a raw go-header request is answered byte for byte', async () => {
  const { asker, server } = await served()
  // origin 3, amount 4
  expect(await exchange(asker, server, headers, '0408031804')).toEqual({ hex: headerItems(3, 6), ended: 'closed' })
  expect(await exchange(asker, server, data, '0408031804')).toEqual({ hex: dataItems(3, 6), ended: 'closed' })
  // origin 0: the head
  expect(await exchange(asker, server, headers, '0408001801')).toEqual({ hex: headerItems(100, 100), ended: 'closed' })
  const hash = toHex(headerHash(chain.header(7)))
  expect(await exchange(asker, server, headers, `241220${hash}1801`)).toEqual({
    hex: headerItems(7, 7),
    ended: 'closed',
  })
})

test('what goes beyond the head is a prefix, what begins beyond it is not found', async () => {
  const { asker, server } = await served()
  expect(await exchange(asker, server, headers, '0408621840')).toEqual({ hex: headerItems(98, 100), ended: 'closed' })
  expect(await exchange(asker, server, headers, '0408651801')).toEqual(notFound)
  expect(await exchange(asker, server, headers, `241220${'ab'.repeat(32)}1801`)).toEqual(notFound)
  expect(await exchange(asker, server, data, `241220${'ab'.repeat(32)}1801`)).toEqual(notFound)
})

test('a store with nothing sealed has no head', async () => {
  const store = await chain.store(0)
  const { asker, server } = await served({ store })
  expect(await exchange(asker, server, headers, '0408001801')).toEqual(notFound)
})

test('blocks above a gap, and blocks whose signature is not verified, are not served', async () => {
  const store = await chain.store(10)
  const blocks = chain.committed()
  await store.putBlocks(blocks.slice(19, 30))
  await store.putBlocks(blocks.slice(10, 12))
  await store.putClaimedSignatures([{ height: 11, hash: blocks[10]!.hash, ...chain.signed[10]! }])
  const { asker, server } = await served({ store })
  expect(await exchange(asker, server, headers, '04080a1808')).toEqual({ hex: headerItems(10, 10), ended: 'closed' })
  expect(await exchange(asker, server, headers, '04080b1801')).toEqual(notFound)
  expect(await exchange(asker, server, data, '0408141801')).toEqual(notFound)
})

test.each([
  ['without height or hash', '021801'],
  ['for no items', '020801'],
  ['for 65 items', '0408011841'],
  ['that is no protobuf', '02ffff'],
  ['of two kilobytes', `8010${'00'.repeat(2048)}`],
  ['that never comes', ''],
  ['that is cut off', '0408'],
])('a request %s resets the stream', async (_, request) => {
  const { asker, server } = await served()
  expect(await exchange(asker, server, headers, request)).toEqual(reset)
})

test('our own protocol takes larger pages, in answers of a bounded size', async () => {
  const { asker, server } = await served({ limits: { pieceBytes: 1000, answerBytes: 4000 } })
  const [own] = historyProtocols(chainId)
  const whole = await exchange(asker, server, own!.id, '0408011864')
  expect(whole.ended).toBe('closed')
  expect(headerItems(1, 100).startsWith(whole.hex)).toBe(true)
  expect(whole.hex.length / 2).toBeGreaterThanOrEqual(4000)
  expect(whole.hex.length / 2).toBeLessThan(5200)
  expect(await exchange(asker, server, own!.id, '05080118818008')).toEqual(reset)
})

test('a request stream that is one too many is reset, and the others are answered', async () => {
  const { asker, server } = await served({ limits: { streamsPerConnection: 2 } })
  const idle = [await openStream(asker, server, headers), await openStream(asker, server, headers)]
  // Both have reached the handler once the second of them is answered.
  const third = await openStream(asker, server, headers)
  expect((await readAll(third)).ended).toBe('reset')
  const answers = idle.map(readAll)
  for (const stream of idle) {
    stream.send(Buffer.from('0408031801', 'hex'))
    await stream.close()
  }
  for (const answer of answers) expect((await answer).hex).toBe(headerItems(3, 3))
})

test('a peer that does not read holds its own answers, and nobody else waits for it', async () => {
  const large = Chain.make(30, { txBytes: () => 300_000 })
  const limits = { heldBytesPerPeer: 300_000, heldBytes: 2_000_000, writeTimeoutMs: 60_000 }
  const { asker, server } = await served({ store: await large.store(), limits })
  const other = await openHost()
  await connect(other, server)
  for (let i = 0; i < 8; i++) {
    const greedy = await openStream(asker, server, data)
    greedy.pause()
    greedy.send(Buffer.from('0408011819', 'hex'))
    await greedy.close()
  }
  const { hex } = await exchange(other, server, data, '0408031802')
  expect(hex === itemsHex(3, 4, (height) => large.dataItem(height))).toBe(true)
})

test('a peer that reads too slowly is cut off', async () => {
  const large = Chain.make(30, { txBytes: () => 300_000 })
  const failures: Error[] = []
  let noteFailure: () => void = () => undefined
  const failed = new Promise<void>((resolve) => {
    noteFailure = resolve
  })
  const metrics = {
    served: () => undefined,
    failed: (_: unknown, error: Error) => {
      failures.push(error)
      noteFailure()
    },
  }
  const { asker, server } = await served({ store: await large.store(), limits: { writeTimeoutMs: 50 }, metrics })
  const slow = await openStream(asker, server, data)
  slow.pause()
  slow.send(Buffer.from('0408011819', 'hex'))
  await slow.close()
  await failed
  expect(failures[0]).toMatchObject({ code: 'PEER_SILENT' })
})

test('a peer that reads bit by bit keeps a piece in memory, not the answer', async () => {
  const large = Chain.make(40, { txBytes: () => 100_000 })
  const limits = { pieceBytes: 200_000, answerBytes: 4_000_000 }
  const { asker, server } = await served({ store: await large.store(), limits })
  const stream = await openStream(asker, server, data)
  const [serverSide] = server.libp2p
    .getConnections()
    .flatMap(({ streams }) => streams)
    .filter(({ protocol }) => protocol === data)
  let unsent = 0
  const expected = itemsHex(1, 40, (height) => large.dataItem(height))
  const chunks: Uint8Array[] = []
  const whole = new Promise<void>((resolve) => {
    stream.addEventListener('message', ({ data: chunk }) => {
      chunks.push(chunk.slice())
      unsent = Math.max(unsent, serverSide!.writeBufferLength)
      if (chunks.reduce((sum, { length }) => sum + length, 0) >= expected.length / 2) return resolve()
      stream.pause()
      setImmediate(() => stream.resume())
    })
  })
  stream.send(Buffer.from('0408011840', 'hex'))
  await stream.close()
  await whole
  expect(Buffer.concat(chunks).toString('hex') === expected).toBe(true)
  expect(unsent).toBeGreaterThan(0)
  expect(unsent).toBeLessThan(limits.pieceBytes + 150_000)
})

test('closing breaks off what is being answered and takes no more', async () => {
  const [asker, server] = await Promise.all([openHost(), openHost()])
  const serving = await serveHistory({ host: server, chainId, store: await chain.store(), clock: realClock })
  await connect(asker, server)
  const waiting = await openStream(asker, server, headers)
  // The server's handler runs once it has answered a later stream of the same connection.
  await exchange(asker, server, headers, '0408031801')
  const answer = readAll(waiting)
  await serving.close()
  expect((await answer).ended).toBe('reset')
  await expect(openStream(asker, server, headers)).rejects.toThrow()
})

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Envelope, TransportSelf } from 'raft-core'
import {
  decodeRejection,
  encodeEnvelope,
  encodeFrame,
  encodeHello,
  type Frame,
  FrameReader,
  type FrameType,
  helloOf,
  preface,
  type Rejection,
} from 'raft-transport-tcp'
import { afterEach } from 'vitest'

const cleanups: (() => void)[] = []

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** A socket whose frames a test writes and reads by hand. */
export class RawPeer {
  readonly socket: Socket
  readonly closed: Promise<void>
  readonly frames: Frame[] = []
  readonly #reader = new FrameReader(2 ** 30)
  readonly #waiting = new Set<() => void>()

  constructor(socket: Socket) {
    this.socket = socket
    cleanups.push(() => socket.destroy())
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes: Buffer) => {
      this.#reader.push(bytes)
      for (let frame = this.#reader.next(); frame; frame = this.#reader.next()) this.frames.push(frame)
      for (const look of this.#waiting) look()
    })
  }

  static dial(port: number): RawPeer {
    return new RawPeer(connect(port, '127.0.0.1'))
  }

  /** The preface, a hello, and what else is given. */
  greet(self: TransportSelf, toId = ''): this {
    this.socket.write(preface)
    return this.send('hello', encodeHello(helloOf(self, toId)))
  }

  send(type: FrameType, body: Uint8Array = new Uint8Array(0)): this {
    this.socket.write(encodeFrame(type, body))
    return this
  }

  sendEnvelope(envelope: Envelope): this {
    return this.send('envelope', encodeEnvelope(envelope))
  }

  /** The first frame of this type, past or future. */
  frame(type: FrameType): Promise<Frame> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.frames.find((frame) => frame.type === type)
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }

  async rejection(): Promise<Rejection> {
    return decodeRejection((await this.frame('rejection')).body)
  }
}

export interface RawServer {
  readonly address: string
  readonly port: number
  /** The `count`th connection, past or future. */
  peer(count?: number): Promise<RawPeer>
  stop(): void
}

/** Listens on a port of its own; `onPeer` may answer at once. */
export async function rawServer(onPeer: (peer: RawPeer) => void = () => {}): Promise<RawServer> {
  const peers: RawPeer[] = []
  const server = createServer((socket) => {
    const peer = new RawPeer(socket)
    peers.push(peer)
    onPeer(peer)
    server.emit('peer')
  }).listen(0, '127.0.0.1')
  cleanups.push(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    address: `127.0.0.1:${port}`,
    port,
    peer: async (count = 1) => {
      while (peers.length < count) await once(server, 'peer')
      return peers[count - 1]!
    },
    stop: () => server.close(),
  }
}

/** A port that nobody listens on any more. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

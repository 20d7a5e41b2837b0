import type { Clock, Envelope, Member, Message, PeerDownReason, TransportSelf } from 'raft-core'
import { formatAddress, type TcpTransport, tcpTransport, type TcpTransportOptions } from 'raft-transport-tcp'
import { afterEach } from 'vitest'

export const clock: Clock = {
  now: () => performance.now(),
  wakeAt: (at, wake) => {
    const timer = setTimeout(wake, Math.max(0, Math.ceil(at - performance.now())) + 1)
    return () => clearTimeout(timer)
  },
}

const opened: TestNode[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((node) => node.close()))
})

/** Everything but what a test is about. */
export const defaults: TcpTransportOptions = { bindAddress: '127.0.0.1:0', clock, random: () => 0.5 }

export type Happening =
  | { readonly kind: 'message'; readonly envelope: Envelope }
  | { readonly kind: 'up'; readonly peer: Member }
  | { readonly kind: 'down'; readonly id: string; readonly reason: PeerDownReason }

export const selfOf = (id: string, more: Partial<TransportSelf> = {}): TransportSelf => ({
  member: {
    id,
    incarnation: id
      .charCodeAt(id.length - 1)
      .toString(16)
      .repeat(16),
  },
  clusterId: 'cc'.repeat(32),
  epoch: 0,
  bootCounter: 1,
  bootNonce: 'aa'.repeat(8),
  ...more,
})

/** A transport, and everything that it reported; `until` waits for a report without sleeping. */
export class TestNode {
  readonly transport: TcpTransport
  readonly self: TransportSelf
  readonly happened: Happening[] = []
  readonly #waiting = new Set<() => void>()

  constructor(self: TransportSelf, options: Partial<TcpTransportOptions> = {}) {
    this.self = self
    this.transport = tcpTransport({ ...defaults, ...options })
  }

  static async open(
    id: string,
    more: Partial<TransportSelf> = {},
    options: Partial<TcpTransportOptions> = {},
  ): Promise<TestNode> {
    const node = new TestNode(selfOf(id, more), options)
    await node.start()
    return node
  }

  start(): Promise<void> {
    opened.push(this)
    const note = (happening: Happening): void => {
      this.happened.push(happening)
      for (const look of this.#waiting) look()
    }
    return new Promise((resolve, reject) => {
      this.transport.start(
        this.self,
        {
          message: (envelope) => note({ kind: 'message', envelope }),
          peerUp: (peer) => note({ kind: 'up', peer }),
          peerDown: (id, reason) => note({ kind: 'down', id, reason }),
        },
        (error) => (error ? reject(error) : resolve()),
      )
    })
  }

  get address(): string {
    return formatAddress(this.transport.address()!)
  }

  dial(...others: readonly { readonly self: TransportSelf; readonly address: string }[]): void {
    this.transport.setPeers(others.map(({ self, address }) => ({ id: self.member.id, address })))
  }

  send(to: string, message: Message): void {
    this.transport.send(to, this.envelope(message))
  }

  envelope(message: Message): Envelope {
    const { clusterId, epoch, member } = this.self
    return { version: 1, clusterId, epoch, from: member, message }
  }

  /** Why this node was told that a peer is not connected, in order. */
  reasons(id: string): PeerDownReason[] {
    return this.happened.flatMap((each) => (each.kind === 'down' && each.id === id ? [each.reason] : []))
  }

  messages(): Message[] {
    return this.happened.flatMap((each) => (each.kind === 'message' ? [each.envelope.message] : []))
  }

  /** The `count`th happening, past or future, that fits. */
  until(fits: (happening: Happening) => boolean, count = 1): Promise<Happening> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.happened.filter(fits)[count - 1]
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }

  up(id: string, count = 1): Promise<Happening> {
    return this.until((happening) => happening.kind === 'up' && happening.peer.id === id, count)
  }

  down(id: string, reason: PeerDownReason, count = 1): Promise<Happening> {
    const fits = (happening: Happening): boolean =>
      happening.kind === 'down' && happening.id === id && happening.reason === reason
    return this.until(fits, count)
  }

  message(kind: Message['kind'], count = 1): Promise<Happening> {
    const fits = (happening: Happening): boolean =>
      happening.kind === 'message' && happening.envelope.message.kind === kind
    return this.until(fits, count)
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => this.transport.close((error) => (error ? reject(error) : resolve())))
  }
}

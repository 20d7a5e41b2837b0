import type { Libp2p, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { CatchupError, toError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import { deadline } from '../signals.ts'
import type { HostLimits } from './host-limits.ts'

export interface RedialerOptions {
  readonly libp2p: Libp2p
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly logger: Logger
  readonly limits: Pick<HostLimits, 'redialMinMs' | 'redialMaxMs' | 'dialTimeoutMs'>
  readonly signal: AbortSignal
}

/** Keeps a connection to one configured peer: dials, and after a failure or a disconnect dials again, ever more rarely. */
export class Redialer {
  readonly #options: RedialerOptions
  readonly #peer: PeerId
  readonly #address: Multiaddr
  #failures = 0
  #isDialing = false
  #cancelTimer: (() => void) | undefined

  constructor(peer: PeerId, address: Multiaddr, options: RedialerOptions) {
    this.#peer = peer
    this.#address = address
    this.#options = options
  }

  start(): void {
    const { libp2p, signal } = this.#options
    libp2p.addEventListener('peer:disconnect', this.#onDisconnect)
    signal.addEventListener('abort', () => this.#stop(), { once: true })
    this.#schedule(0)
  }

  readonly #onDisconnect = ({ detail }: CustomEvent<PeerId>): void => {
    if (detail.equals(this.#peer)) this.#schedule(this.#delay())
  }

  #schedule(delayMs: number): void {
    if (this.#options.signal.aborted || this.#isDialing || this.#cancelTimer) return
    const { clock } = this.#options
    this.#cancelTimer = clock.wakeAt(clock.now() + delayMs, () => {
      this.#cancelTimer = undefined
      // Every way out of it is handled inside.
      void this.#dial()
    })
  }

  async #dial(): Promise<void> {
    const { libp2p, clock, limits, signal, logger } = this.#options
    if (libp2p.getConnections(this.#peer).length > 0) return
    const address = this.#address.toString()
    const late = (): Error => new CatchupError('PEER_SILENT', `no connection within ${limits.dialTimeoutMs} ms`)
    const limit = deadline(clock, clock.now() + limits.dialTimeoutMs, late, signal)
    this.#isDialing = true
    try {
      await libp2p.dial(this.#address, { signal: limit.signal })
      this.#failures = 0
    } catch (thrown) {
      const err = toError(thrown)
      this.#failures++
      if (!signal.aborted) logger.warn({ address, failures: this.#failures, err }, explain(err))
    } finally {
      limit.dispose()
      this.#isDialing = false
    }
    if (libp2p.getConnections(this.#peer).length === 0) this.#schedule(this.#delay())
  }

  /** Between half of the wait and all of it. */
  #delay(): number {
    const { limits, random } = this.#options
    const wait = Math.min(limits.redialMaxMs, limits.redialMinMs * 2 ** Math.max(0, this.#failures - 1))
    return wait * (0.5 + random() / 2)
  }

  #stop(): void {
    this.#options.libp2p.removeEventListener('peer:disconnect', this.#onDisconnect)
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}

function explain(error: Error): string {
  // Noise's words; the library wraps its error into one without a name or code of its own.
  return error.message.includes('does not match expected remote identity key')
    ? 'another node answers at a configured address; compare the peer id after /p2p/ with that node'
    : 'a configured peer cannot be reached; it is dialed again'
}

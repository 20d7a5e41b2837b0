import type { EventEmitter } from 'node:events'
import { setMaxListeners } from 'node:events'
import type { Clock } from './clock.ts'

// One Ctrl-C reaches us from the terminal and from npm, which passes it on.
const samePressMs = 1000

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The wish to stop, from signals and keys: the first stops, one that comes later means "at once". */
export class StopRequest {
  readonly #clock: Clock
  readonly #stop = new AbortController()
  readonly #hurry = new AbortController()
  #firstAt: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    // Every loop of the devnet waits on it.
    setMaxListeners(0, this.#stop.signal, this.#hurry.signal)
  }

  /** Aborts at the first wish. */
  get stop(): AbortSignal {
    return this.#stop.signal
  }

  /** Aborts when someone is tired of waiting. */
  get hurry(): AbortSignal {
    return this.#hurry.signal
  }

  ask(): void {
    const now = this.#clock.now()
    this.#firstAt ??= now
    this.#stop.abort()
    if (now - this.#firstAt > samePressMs) this.#hurry.abort()
  }

  /** Takes the signals of a process as wishes, until the returned function is called. */
  listenTo(source: EventEmitter): () => void {
    const onSignal = (): void => this.ask()
    for (const name of signals) source.on(name, onSignal)
    return () => {
      for (const name of signals) source.off(name, onSignal)
    }
  }
}

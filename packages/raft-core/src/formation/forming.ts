import type { FoundingRecord } from '../founding.ts'
import type { Envelope, FormationMessage } from '../message.ts'
import type { Clock } from '../ports/clock.ts'
import type { Done } from '../ports/completion.ts'
import type { ServerId } from '../types.ts'
import {
  type FormationInput,
  type FormationSettings,
  type FormationState,
  formationStep,
  newFormation,
} from './formation.ts'

/** What forming a cluster needs of the world. */
export interface FormingHost {
  readonly clock: Clock
  send(to: ServerId, message: FormationMessage): void
  persist(record: FoundingRecord | undefined, done: Done): void
  waiting(reason: string): void
  /** The record is durable and this node belongs to the cluster. */
  founded(record: FoundingRecord): void
  failed(error: Error): void
}

/** Runs the formation against clock, transport and stable store until there is a cluster. */
export class Forming {
  readonly #state: FormationState
  readonly #host: FormingHost
  #cancelTimer: (() => void) | undefined
  #isOver = false
  #isStopped = false

  constructor(settings: FormationSettings, promised: FoundingRecord | undefined, host: FormingHost) {
    this.#state = newFormation(settings, promised, host.clock.now())
    this.#host = host
  }

  start(): void {
    this.#input({ kind: 'time' })
  }

  onMessage(envelope: Envelope): void {
    this.#input({ kind: 'message', envelope })
  }

  onPeerUp(id: ServerId): void {
    this.#input({ kind: 'peerUp', id })
  }

  /** Ends it without a cluster, also while a record is being written. */
  stop(): void {
    this.#isStopped = true
    this.#end()
  }

  #input(input: FormationInput): void {
    if (this.#isOver) return
    for (const effect of formationStep(this.#state, this.#host.clock.now(), input)) {
      if (effect.kind === 'send') this.#host.send(effect.to, effect.message)
      else if (effect.kind === 'waiting') this.#host.waiting(effect.reason)
      else if (effect.kind === 'persist') this.#persist(effect.record, () => this.#input({ kind: 'recordDurable' }))
      else this.#finish(effect.record)
    }
    this.#armTimer()
  }

  #end(): void {
    this.#isOver = true
    this.#cancelTimer?.()
  }

  #finish(record: FoundingRecord): void {
    this.#end()
    this.#persist(record, () => this.#host.founded(record))
  }

  #persist(record: FoundingRecord | undefined, then: () => void): void {
    this.#host.persist(record, (error) => {
      if (this.#isStopped) return
      if (error) this.#host.failed(error)
      else then()
    })
  }

  #armTimer(): void {
    this.#cancelTimer?.()
    if (this.#isOver) return
    this.#cancelTimer = this.#host.clock.wakeAt(this.#state.askAt, () => this.#input({ kind: 'time' }))
  }
}

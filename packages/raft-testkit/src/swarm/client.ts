import type { ServerId } from 'raft-core'
import type { Seeded } from '../sim/seeded.ts'
import type { Stage } from './stage.ts'

/** Proposes entries that are never proposed again, so that each stands in the log at most once, and reads. */
export class Client {
  readonly #stage: Stage
  readonly #random: Seeded
  readonly #prefix: string
  #serial = 0

  /** Clients of one cluster need different prefixes. */
  constructor(stage: Stage, random: Seeded, prefix: string) {
    this.#stage = stage
    this.#random = random
    this.#prefix = prefix
  }

  /** Mostly at the leader, sometimes at anybody; returns the text, whose outcome appears in the cluster's `outcomes`. */
  propose(where: ServerId | undefined = this.#anybody()): string {
    const padding = this.#random.chance(0.1) ? '.'.repeat(this.#random.below(200)) : ''
    const text = `${this.#prefix}${this.#serial++}${padding}`
    if (where !== undefined) this.#stage.do({ kind: 'propose', at: where, text })
    return text
  }

  /** An entry without a byte, which nobody can tell from others of its kind. */
  proposeNothing(): void {
    const at = this.#anybody()
    if (at !== undefined) this.#stage.do({ kind: 'propose', at, text: '' })
  }

  read(): void {
    const at = this.#anybody()
    if (at !== undefined) this.#stage.do({ kind: 'read', at, read: this.#random.pick(['verified', 'barrier']) })
  }

  #anybody(): ServerId | undefined {
    const { cluster } = this.#stage
    return this.#random.chance(0.8) ? cluster.leader() : this.#random.pick(cluster.ids)
  }
}

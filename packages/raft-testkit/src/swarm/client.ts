import type { ServerId } from 'raft-core'
import type { Cluster } from '../sim/cluster.ts'
import type { Seeded } from '../sim/seeded.ts'

/** Proposes entries that are never proposed again, so that each stands in the log at most once, and reads. */
export class Client {
  readonly #cluster: Cluster
  readonly #random: Seeded
  #serial = 0

  constructor(cluster: Cluster, random: Seeded) {
    this.#cluster = cluster
    this.#random = random
  }

  /** Mostly at the leader, sometimes at anybody; returns the text, whose outcome appears in the cluster's `outcomes`. */
  propose(where?: ServerId): string {
    const text = `s${this.#serial++}${this.#random.chance(0.1) ? '.'.repeat(this.#random.below(200)) : ''}`
    this.#cluster.propose(text, where ?? this.#anybody())
    return text
  }

  read(): void {
    this.#cluster.read(this.#random.pick(['verified', 'barrier']), this.#anybody())
  }

  #anybody(): ServerId | undefined {
    return this.#random.chance(0.8) ? this.#cluster.leader() : this.#random.pick(this.#cluster.ids)
  }
}

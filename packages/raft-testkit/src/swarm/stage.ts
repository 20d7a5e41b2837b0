import type { ServerId } from 'raft-core'
import type { Cluster } from '../sim/cluster.ts'
import { type Act, perform, type TimedAct } from './act.ts'

/** A cluster to which everything is done through acts, which are written down until it is closed. */
export class Stage {
  readonly cluster: Cluster
  readonly acts: TimedAct[] = []
  #isClosed = false

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  do(act: Act): void {
    this.acts.push({ atMs: this.cluster.world.now, act })
    perform(this.cluster, act)
  }

  /** Does an act after a time, or what `act` then says, unless the stage is closed by then. */
  later(delayMs: number, act: Act | (() => void)): void {
    this.cluster.world.after(delayMs, () => {
      if (this.#isClosed) return
      if (typeof act === 'function') act()
      else this.do(act)
    })
  }

  /** Nothing that was planned happens any more. */
  close(): void {
    this.#isClosed = true
  }

  isAlive(id: ServerId): boolean {
    return this.cluster.process(id)?.isAlive === true
  }
}

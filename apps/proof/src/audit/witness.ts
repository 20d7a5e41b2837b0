import type { BlockDocument } from 'aggregator'
import type { Cluster } from '../cluster/cluster.ts'
import { ProofError } from '../errors.ts'
import { pause } from '../wait.ts'

/** How often each node is looked at. */
const lookEveryMs = 40

interface Seen {
  readonly node: string
  readonly hash: string
  readonly signature: string
}

/**
 * Reads every block that a node shows, as soon as it shows it, while things go wrong. Whoever shows a second hash or a second
 * signature for a height is caught, even when the node that showed the first is dead by then.
 */
export class Witness {
  readonly #cluster: Cluster
  readonly #seen = new Map<number, Seen>()
  readonly #stop = new AbortController()
  readonly #work: Promise<unknown>
  #problem: string | undefined

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#work = Promise.all(cluster.ids.map((id) => this.#follow(id)))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#work
  }

  /**
   * Everything that was seen must be in the final chain, read after `stop`: nothing is shown before it is committed.
   * `AUDIT_FAILED` otherwise, and when what was seen contradicts itself.
   */
  requireSame(chain: readonly BlockDocument[]): void {
    for (const block of chain) this.#check('the audit', block)
    const beyond = [...this.#seen].find(([height]) => height > chain.length)
    if (beyond) this.#problem ??= `${beyond[1].node} showed block ${beyond[0]}, which the chain does not have`
    if (this.#problem !== undefined) throw new ProofError('AUDIT_FAILED', this.#problem)
  }

  async #follow(id: string): Promise<void> {
    const client = this.#cluster.client(id)
    for (let next = 1; !this.#stop.signal.aborted; ) {
      const block = await client.block(next)
      if (block === undefined) {
        await pause(lookEveryMs)
        continue
      }
      this.#check(id, block)
      next += 1
    }
  }

  #check(node: string, { height, hash, signature }: BlockDocument): void {
    const before = this.#seen.get(height)
    if (before === undefined) this.#seen.set(height, { node, hash, signature })
    else if (before.hash !== hash || before.signature !== signature) {
      this.#problem ??= `${before.node} showed block ${height} as ${before.hash} (${before.signature}), ${node} shows ${hash} (${signature})`
    }
  }
}

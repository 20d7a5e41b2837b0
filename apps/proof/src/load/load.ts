import { toHex, transactionHash } from 'block-fsm'
import type { Posted } from '../client/node-client.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { pause } from '../wait.ts'

/** A transaction that a node owes an outcome. */
export interface Acknowledged {
  readonly hash: string
  readonly node: string
  readonly key: string
  readonly value: string
}

/** What was posted, by how it was answered. Refused ones were not kept by anybody and are not counted here. */
export interface LoadResult {
  readonly acknowledged: readonly Acknowledged[]
  /** The node died, or answered something that promises nothing: in the chain once or not at all. */
  readonly unknown: readonly { readonly hash: string; readonly key: string }[]
}

/** A node that refuses or does not answer is left alone for this long. */
const restMs = 50

/** Posts transactions to all nodes, each node at its own pace, until stopped. Every key is written once. */
export class Load {
  readonly #cluster: Cluster
  readonly #name: string
  readonly #acknowledged: Acknowledged[] = []
  readonly #unknown: { hash: string; key: string }[] = []
  #isStopped = false
  #work: Promise<unknown> = Promise.resolve()

  /** `name` makes the keys of this load its own. */
  constructor(cluster: Cluster, name: string) {
    this.#cluster = cluster
    this.#name = name
  }

  get result(): LoadResult {
    return { acknowledged: this.#acknowledged, unknown: this.#unknown }
  }

  /** Posts to each node without end, a transaction every `everyMs` at most. */
  start(everyMs: number): void {
    const lanes = this.#cluster.ids.map(async (node) => {
      for (let i = 0; !this.#isStopped; i++) {
        const kind = await this.#postOnce(node, `${this.#name}-${node}-${i}`)
        await pause(kind === 'acknowledged' ? everyMs : restMs)
      }
    })
    this.#work = Promise.all(lanes)
  }

  /** Posts `count` transactions, to all nodes in turn. Refused ones are posted again; one of unknown outcome never is. */
  async post(count: number, lanes = 12): Promise<void> {
    const { ids } = this.#cluster
    const lane = async (first: number): Promise<void> => {
      for (let i = first; i < count; i += lanes) {
        while ((await this.#postOnce(ids[i % ids.length]!, `${this.#name}-${i}`)) === 'refused') await pause(restMs)
      }
    }
    await Promise.all(Array.from({ length: lanes }, (_, first) => lane(first)))
  }

  /** Resolves once nothing is under way any more. */
  async stop(): Promise<LoadResult> {
    this.#isStopped = true
    await this.#work
    return this.result
  }

  async #postOnce(node: string, key: string): Promise<Posted['kind']> {
    const value = `value of ${key}`
    const transaction = `${key}=${value}`
    const posted = await this.#cluster.client(node).post(transaction)
    const hash = toHex(transactionHash(Buffer.from(transaction)))
    if (posted.kind === 'acknowledged') this.#acknowledged.push({ hash, node, key, value })
    if (posted.kind === 'unknown') this.#unknown.push({ hash, key })
    return posted.kind
  }
}

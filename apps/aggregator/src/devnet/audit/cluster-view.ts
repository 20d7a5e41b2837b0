import type { StatusDocument } from '../../rpc/node-view.ts'

/** The newest block that any node showed. */
export interface Tip {
  readonly height: number
  readonly hash: string
  /** When it was first seen, on the clock. */
  readonly seenAt: number
}

interface Seen {
  readonly status: StatusDocument
  readonly at: number
  /** Behind the newest block that was known then: later news would make every node look late. */
  readonly lag: number
}

// Ten polls: what is older is not shown as if it were true.
const freshMs = 1500

/** The last word of every node, and what they say together. Values that are too old are unknown, never guessed. */
export class ClusterView {
  readonly #seen = new Map<string, Seen>()
  readonly #silence = new Map<string, string>()
  #tip: Tip | undefined

  onStatus(id: string, status: StatusDocument, at: number): void {
    if (status.tip_height > (this.#tip?.height ?? 0)) {
      this.#tip = { height: status.tip_height, hash: status.tip_hash, seenAt: at }
    }
    this.#silence.delete(id)
    this.#seen.set(id, { status, at, lag: Math.max(0, (this.#tip?.height ?? 0) - status.height) })
  }

  onSilence(id: string, why: string): void {
    this.#silence.set(id, why)
  }

  /** Why a node does not answer. */
  whySilent(id: string): string | undefined {
    return this.#silence.get(id)
  }

  /** What a node said within the last moments; undefined when it is silent or that is too long ago. */
  fresh(id: string, now: number): StatusDocument | undefined {
    const seen = this.#seen.get(id)
    return seen === undefined || this.#silence.has(id) || now - seen.at > freshMs ? undefined : seen.status
  }

  /** What a node said last, however long ago that is. */
  last(id: string): StatusDocument | undefined {
    return this.#seen.get(id)?.status
  }

  /** How many blocks a node was behind when it answered last; 0 before that. */
  lag(id: string): number {
    return this.#seen.get(id)?.lag ?? 0
  }

  get tip(): Tip | undefined {
    return this.#tip
  }

  /** The lowest snapshot that any node but `except` has, of those that answer; 0 when there is none. */
  lowestSnapshot(except: string, now: number): number {
    const indexes = [...this.#seen.keys()]
      .filter((id) => id !== except)
      .map((id) => this.fresh(id, now)?.snapshot_index)
      .filter((index) => index !== undefined)
    return indexes.length === 0 ? 0 : Math.min(...indexes)
  }

  /** The node that says it leads, in the highest term. */
  leader(now: number): { readonly id: string; readonly term: number } | undefined {
    return [...this.#seen.keys()]
      .map((id) => ({ id, status: this.fresh(id, now) }))
      .filter(({ status }) => status?.role === 'leader')
      .map(({ id, status }) => ({ id, term: status!.term }))
      .toSorted((a, b) => b.term - a.term)[0]
  }
}

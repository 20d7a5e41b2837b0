const windowMs = 60_000
const exitsAllowed = 3

/** Tells a node that fell once from one that falls at every start. */
export class RestartLimit {
  readonly #exits = new Map<string, number[]>()

  /** Notes an exit; false when there were too many within a minute. */
  allows(id: string, at: number): boolean {
    const recent = (this.#exits.get(id) ?? []).filter((earlier) => at - earlier < windowMs)
    recent.push(at)
    this.#exits.set(id, recent)
    return recent.length < exitsAllowed
  }
}

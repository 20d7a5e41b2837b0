/** Names of members as labels. Whoever the configuration does not name is `other`, so that strangers make no new series. */
export class PeerNames {
  readonly #ownId: string
  readonly #known: Set<string>

  constructor(ownId: string, ids: Iterable<string>) {
    this.#ownId = ownId
    this.#known = new Set(ids)
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) this.#known.add(id)
  }

  isKnown(id: string): boolean {
    return this.#known.has(id)
  }

  label(id: string): string {
    return this.isKnown(id) ? id : 'other'
  }

  /** Everybody known but this node. */
  others(): readonly string[] {
    return [...this.#known].filter((id) => id !== this.#ownId)
  }
}

import {
  CatchupError,
  type Conviction,
  type HistoryAnswer,
  type HistoryKind,
  type HistoryPeer,
  type HistoryPeers,
  type HistoryRequest,
} from 'p2p-catchup'
import type { Chain } from './chain.ts'

export type Ask = (kind: HistoryKind, request: HistoryRequest, signal: AbortSignal) => Promise<HistoryAnswer>

/** Peers that answer as they are told, and what was asked of each. */
export class FakePeers implements HistoryPeers {
  readonly convictions: Conviction[] = []
  readonly asked: { readonly peer: string; readonly kind: HistoryKind; readonly request: HistoryRequest }[] = []
  /** Heights that came, however often, by kind. */
  readonly received: Record<HistoryKind, number[]> = { header: [], data: [] }
  readonly #peers = new Map<string, { readonly ask: Ask; readonly pageLimit: number }>()
  readonly #listeners = new Set<() => void>()

  add(peer: string, ask: Ask, pageLimit = 64): this {
    this.#peers.set(peer, { ask, pageLimit })
    this.#changed()
    return this
  }

  remove(peer: string): void {
    this.#peers.delete(peer)
    this.#changed()
  }

  list(): readonly HistoryPeer[] {
    return [...this.#peers].map(([peer, { pageLimit }]) => ({ peer, pageLimit }))
  }

  requestHeaders(peer: string, request: HistoryRequest, signal: AbortSignal): Promise<HistoryAnswer> {
    return this.#request(peer, 'header', request, signal)
  }

  requestData(peer: string, request: HistoryRequest, signal: AbortSignal): Promise<HistoryAnswer> {
    return this.#request(peer, 'data', request, signal)
  }

  onChange(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  convict(conviction: Conviction): void {
    this.convictions.push(conviction)
    this.remove(conviction.peer)
  }

  async #request(
    peer: string,
    kind: HistoryKind,
    request: HistoryRequest,
    signal: AbortSignal,
  ): Promise<HistoryAnswer> {
    this.asked.push({ peer, kind, request })
    const known = this.#peers.get(peer)
    if (!known) throw new CatchupError('PEER_GONE', `${peer} is not there`)
    const answer = await known.ask(kind, request, signal)
    answer.items.forEach((_, i) => this.received[kind].push(request.from + i))
    return answer
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** Serves heights `from` through `to` of a chain as our own server does. */
export function honest(chain: Chain, { from = 1, to = chain.length } = {}): Ask {
  return async (kind, request) => {
    await new Promise((resolve) => setImmediate(resolve))
    const items: Uint8Array[] = []
    let bytes = 0
    if (request.from < from) return { items, bytes }
    for (let height = request.from; height < request.from + request.amount && height <= to; height++) {
      const item = kind === 'header' ? chain.headerItem(height) : chain.dataItem(height)
      if (bytes + item.length > request.limitBytes) return { items, bytes, nextItemBytes: item.length }
      items.push(item)
      bytes += item.length
    }
    return { items, bytes }
  }
}

/** An honest peer whose items of one kind are changed on the way. */
export function tampered(
  chain: Chain,
  kind: HistoryKind,
  change: (height: number, item: Uint8Array) => Uint8Array,
): Ask {
  const ask = honest(chain)
  return async (asked, request, signal) => {
    const answer = await ask(asked, request, signal)
    if (asked !== kind) return answer
    return { ...answer, items: answer.items.map((item, i) => change(request.from + i, item)) }
  }
}

/** Never answers. */
export const silent: Ask = (_, __, signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

export function failing(code: 'PEER_MALFORMED' | 'PEER_REFUSED' | 'PEER_GONE' | 'PEER_SILENT'): Ask {
  return async () => {
    await new Promise((resolve) => setImmediate(resolve))
    throw new CatchupError(code, 'as told')
  }
}

/** What is asked for: headers with their signatures, or block data. */
export type HistoryKind = 'header' | 'data'

/** A way to ask for one kind. */
export interface HistoryProtocol {
  readonly id: string
  readonly kind: HistoryKind
  /** Most heights that one request may ask for. */
  readonly pageLimit: number
}

/** go-header's limit (`MaxRangeRequestSize`). */
export const evNodePageLimit = 64

/** Ours: about a megabyte of small blocks, so that a stream's cost is spread over many. */
export const ownPageLimit = 1024

/**
 * The protocols of a chain, best first. ev-node's are go-header's exchange for its two sync services; ours have the same
 * messages and framing with larger pages.
 */
export function historyProtocols(chainId: string): readonly HistoryProtocol[] {
  return [
    { id: `/${chainId}/history-header/1.0.0`, kind: 'header', pageLimit: ownPageLimit },
    { id: `/${chainId}/history-data/1.0.0`, kind: 'data', pageLimit: ownPageLimit },
    { id: `/${chainId}-headerSync/header-ex/v0.0.3`, kind: 'header', pageLimit: evNodePageLimit },
    { id: `/${chainId}-dataSync/header-ex/v0.0.3`, kind: 'data', pageLimit: evNodePageLimit },
  ]
}

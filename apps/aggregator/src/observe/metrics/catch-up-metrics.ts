import type { MetricSet } from './metric-set.ts'
import type { CatchUpState } from './sources.ts'

type Kind = 'header' | 'data'

/** Where serving and fetching history counts. Fits `p2p-catchup`'s `ServeMetrics`. */
export interface CatchUpMetrics {
  /** A request was answered. */
  served(protocol: { readonly kind: Kind }, items: number, bytes: number): void
  /** A request was broken off. */
  failed(protocol: { readonly kind: Kind }): void
  /** Items of peers were verified and stored. */
  fetched(kind: Kind, items: number, bytes: number): void
  /** A peer was proven wrong and banned. */
  convicted(kind: string): void
}

/** `onBlocks` is told of blocks that peers gave. */
export function catchUpMetrics(metrics: MetricSet, onBlocks: (blocks: number) => void): CatchUpMetrics {
  const items = metrics.counter('p2p_catchup_items_served_total', 'Headers and data that peers were given.', ['kind'])
  const bytesServed = metrics.counter('p2p_catchup_bytes_served_total', 'Bytes of those.', ['kind'])
  const requests = metrics.counter('p2p_catchup_requests_served_total', 'Requests of peers that were answered.', [
    'kind',
  ])
  const failed = metrics.counter(
    'p2p_catchup_requests_failed_total',
    'Requests of peers that were broken off: invalid, too slow, or the peer was gone.',
    ['kind'],
  )
  const headers = metrics.counter('p2p_catchup_headers_fetched_total', 'Headers of peers, verified and stored.')
  const blocks = metrics.counter(
    'p2p_catchup_blocks_fetched_total',
    'Blocks completed from peers, verified and stored.',
  )
  const bytesFetched = metrics.counter('p2p_catchup_bytes_fetched_total', 'Bytes of those headers and blocks.', [
    'kind',
  ])
  const convictions = metrics.counter('p2p_catchup_convictions_total', 'Peers that were proven wrong and banned.', [
    'kind',
  ])
  for (const counter of [items, bytesServed, requests, failed, bytesFetched])
    for (const kind of ['header', 'data'] as const) counter.inc({ kind }, 0)
  return {
    served: ({ kind }, count, bytes) => {
      requests.inc({ kind })
      items.inc({ kind }, count)
      bytesServed.inc({ kind }, bytes)
    },
    failed: ({ kind }) => failed.inc({ kind }),
    fetched: (kind, count, bytes) => {
      bytesFetched.inc({ kind }, bytes)
      if (kind === 'header') return headers.inc(count)
      blocks.inc(count)
      onBlocks(count)
    },
    convicted: (kind) => convictions.inc({ kind }),
  }
}

/** Reads at each scrape how a backfill goes on. */
export function readCatchUp(metrics: MetricSet, catchUp: () => CatchUpState | undefined): void {
  const active = metrics.gauge('p2p_catchup_active', '1 while history is fetched.')
  const rate = metrics.gauge('p2p_catchup_blocks_per_second', 'Heights that became durable, over the last ten seconds.')
  const eta = metrics.gauge(
    'p2p_catchup_eta_seconds',
    'Time until the gap is closed at this rate; 0 while nothing comes.',
  )
  const stalled = metrics.gauge('p2p_catchup_stalled', '1 while history is missing and none comes; /status says why.')
  metrics.onScrape(() => {
    const progress = catchUp()?.progress()
    active.set(progress?.active ? 1 : 0)
    rate.set(progress?.blocksPerSecond ?? 0)
    stalled.set(progress?.stalled === undefined ? 0 : 1)
    eta.set(progress?.etaSeconds ?? 0)
  })
}

import type { Height } from 'block-fsm'
import { intervalAbove, intervalAt } from '../intervals.ts'
import type { HistoryStatus } from '../ports/history-store.ts'

/** What to do next, heights included at both ends. */
export type Step =
  /** Headers downwards; the topmost is named by the anchor at `to`, or by the stored header above it. */
  | { readonly kind: 'headers'; readonly from: Height; readonly to: Height; readonly top: 'anchor' | 'stored' }
  /** Bodies upwards: the headers are stored, and so is the block below. */
  | { readonly kind: 'data'; readonly from: Height; readonly to: Height }
  /** Signatures to verify, and to ask for where they are missing. */
  | { readonly kind: 'signatures'; readonly from: Height; readonly to: Height }

/**
 * The step that brings the contiguous prefix forward, from what is stored and what is anchored alone: so work goes on after a
 * kill where the last durable batch left it, and a newer anchor takes nothing away. Undefined when nothing is missing.
 *
 * `anchors` are heights, ascending. Signatures come last, and only up to the highest anchor: what is above came from consensus,
 * with whoever signs there.
 */
export function nextStep(
  status: HistoryStatus,
  anchors: readonly Height[],
  wantsSignatures: boolean,
): Step | undefined {
  const missing = (intervalAt(status.blocks, status.earliest)?.to ?? status.earliest - 1) + 1
  if (missing <= targetOf(status, anchors)) return fill(status, anchors, missing)
  const signedTo = Math.min(status.contiguous, anchors.at(-1) ?? 0)
  if (!wantsSignatures || status.sealed >= signedTo) return undefined
  return { kind: 'signatures', from: status.sealed + 1, to: signedTo }
}

/** True while work on `current` is what brings `next`, the step as of now, forward; both move towards each other's end. */
export function isSameWork(current: Step, next: Step | undefined): boolean {
  if (current.kind !== next?.kind) return false
  return current.kind === 'headers' ? current.from === next.from : next.from <= current.to && current.to <= next.to
}

/** The highest height that is known to belong to the chain. */
export function targetOf(status: HistoryStatus, anchors: readonly Height[]): Height {
  return Math.max(status.headers.at(-1)?.to ?? 0, anchors.at(-1) ?? 0)
}

function fill(status: HistoryStatus, anchors: readonly Height[], missing: Height): Step {
  const spine = intervalAt(status.headers, missing)
  if (spine) {
    const wholeAbove = intervalAbove(status.blocks, missing)
    return { kind: 'data', from: missing, to: Math.min(spine.to, (wholeAbove?.from ?? Number.POSITIVE_INFINITY) - 1) }
  }
  const above = intervalAbove(status.headers, missing)
  const ceiling = above ? above.from - 1 : targetOf(status, anchors)
  const anchor = anchors.find((height) => missing <= height && height <= ceiling)
  return { kind: 'headers', from: missing, to: anchor ?? ceiling, top: anchor === undefined ? 'stored' : 'anchor' }
}

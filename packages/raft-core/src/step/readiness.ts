import type { RaftState } from './state.ts'

const unreadyDelayMs = 25

/**
 * How much later than others this node campaigns, so that a readier one goes first. Grows with the lag and is bounded by the
 * heartbeat timeout: a cluster of unready nodes still elects one, and the vote rule does not change.
 */
export function campaignDelayMs(state: RaftState): number {
  const { isReady, lag } = state.readiness
  if (isReady) return 0
  return Math.min(state.settings.heartbeatTimeoutMs, unreadyDelayMs * (1 + Math.log2(1 + Math.max(0, lag))))
}

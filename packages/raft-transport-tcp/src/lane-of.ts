import type { Message } from 'raft-core'
import type { Lane } from './link/send-queue.ts'
import { pieceBytes } from './wire/frame.ts'

/**
 * Appends keep their order, so even an empty one waits for those before it; so do snapshot chunks and what the application
 * sends. All else is small and urgent, or does not depend on order.
 */
export function laneOf(message: Message, bytes: number): Lane {
  const { kind } = message
  if (kind === 'appendRequest' || kind === 'snapshotChunk' || kind === 'application') return 'bulk'
  return bytes <= pieceBytes ? 'urgent' : 'bulk'
}

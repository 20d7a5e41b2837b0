import { equalBytes, toHex } from 'block-fsm'
import type { StartFacts } from './facts.ts'
import type { Note } from './finding.ts'

/**
 * The executor's state follows from the blocks, so nothing here is unsafe: a node whose executor cannot go on stores and votes,
 * and does not lead.
 */
export function compareExecutor({ executor, store }: StartFacts): readonly Note[] {
  const { executed, highest } = store.status
  const { height, stateRoot, rootInStore } = executor
  if (rootInStore && !equalBytes(rootInStore, stateRoot)) {
    return [
      warning(
        `the executor's root after block ${height} is ${toHex(stateRoot)}, the block store has ${toHex(rootInStore)}; move the executor's directory aside, and it is built anew from the blocks`,
      ),
    ]
  }
  // A crash between the two leaves the executor one batch of blocks ahead at most, and it remembers what those gave.
  if (height > highest) {
    return [
      warning(
        `the executor stands at block ${height}, the block store ends at ${highest}; if this node does not get ready, move the executor's directory aside, and it is built anew from the blocks`,
      ),
    ]
  }
  if (height >= executed) return []
  return [
    {
      kind: 'note',
      level: 'info',
      message: `the executor stands at block ${height} and executes again through ${executed}`,
    },
  ]
}

function warning(message: string): Note {
  return { kind: 'note', level: 'warn', message, runbook: 'executor-differs' }
}

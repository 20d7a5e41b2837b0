import type { RaftState } from 'raft-core'

/** The term that a node's log has at an index; undefined when it does not know it. */
export function logTermAt({ log }: Readonly<RaftState>, index: number): number | undefined {
  if (index === log.base.index) return log.base.term
  if (index < log.base.index || index > log.lastIndex) return undefined
  return log.terms.findLast((run) => run.from <= index)?.term
}

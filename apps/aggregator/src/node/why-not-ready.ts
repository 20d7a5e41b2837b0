import type { BlockFsm, Verdict } from 'block-fsm'
import type { RaftNode } from 'raft-core'
import type { BlockService } from './block-service.ts'

export interface ReadinessParts {
  readonly raft: Pick<RaftNode<Verdict>, 'status'>
  readonly fsm: Pick<BlockFsm, 'state'>
  /** Undefined before there is a cluster. */
  readonly service: () => Pick<BlockService, 'leadership'> | undefined
  /** Why there is no cluster yet. */
  readonly whyForming: () => string
}

/** Undefined when the node is fit for its role; otherwise why not. The HTTP surface and the metrics say the same. */
export function whyNotReady({ service, whyForming, raft, fsm }: ReadinessParts): string | undefined {
  const running = service()
  if (running === undefined) return whyForming()
  const { leader, term } = raft.status()
  if (leader === undefined) return 'no leader is known'
  // Before the present term's opening is applied here, the node cannot know how far behind it is.
  if (fsm.state.opening?.term !== term) return `the log of term ${term} has not arrived yet`
  return running.leadership.whyNotReady
}

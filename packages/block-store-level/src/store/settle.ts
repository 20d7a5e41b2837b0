import { equalBytes, type Height, toHex } from 'block-fsm'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import type { Standing } from './standing.ts'

/** Stages that history begins at `earliest`; lower than before, or another root there, is `CONFLICT`. */
export function startAt(staging: Staging<Standing>, earliest: Height, rootBefore: Uint8Array): void {
  const { state } = staging
  const isSame = earliest === state.earliest && equalBytes(rootBefore, state.rootBefore)
  if (isSame) return
  if (earliest <= state.earliest) {
    throw new BlockStoreError(
      'CONFLICT',
      `history begins at ${state.earliest} after root ${toHex(state.rootBefore)}; it cannot begin at ${earliest} after ${toHex(rootBefore)}`,
    )
  }
  const root = Uint8Array.from(rootBefore)
  staging.state = { ...state, earliest, rootBefore: root, executed: earliest - 1, executedRoot: root }
}

/** Stages that a cluster manages the store. */
export function manage(staging: Staging<Standing>, clusterId: string): void {
  const { clusterId: known } = staging.state
  if (known === clusterId) return
  if (known !== undefined) {
    throw new BlockStoreError(
      'FOREIGN_CLUSTER',
      `the block store is managed by cluster ${known}; a node of cluster ${clusterId} needs a directory of its own`,
    )
  }
  staging.state = { ...staging.state, clusterId }
}

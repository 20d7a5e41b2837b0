import { count, formatMs } from '../format.ts'
import { renderBar } from '../screen/bar.ts'
import { CheckFailed } from './check-failed.ts'
import { returnOf } from './return-of.ts'
import type { Step } from './step.ts'

/** A node is away until it needs a snapshot, and gets the blocks below it from the others' stores. */
export const backfillStep: Step = {
  name: 'snapshot and backfill',
  run: async (context) => {
    const { actions } = context.devnet
    const id = await actions.keepAway()
    if (id === undefined) throw new CheckFailed('no follower could be kept away')
    const back = await returnOf(context, id)
    const { snapshot } = back
    if (snapshot === undefined) throw new CheckFailed(`${id} came back without a snapshot`)
    const { index, from, to, fillMs } = snapshot
    const blocks = to - from + 1
    const blocksPerS = (1000 * blocks) / Math.max(1, fillMs)
    context.say(renderBar({ id, progress: { from, to, done: blocks, share: 1, blocksPerS, stuckReason: '' } }))
    return `${id} away for ${formatMs(back.tookMs)}; snapshot at index ${index}; ${count(blocks, 'block')} filled in ${formatMs(fillMs)}`
  },
}

import type { Return } from '../audit/return-watch.ts'
import { renderBar } from '../screen/bar.ts'
import { CheckFailed } from './check-failed.ts'
import { expect, type StepContext } from './step.ts'

const limitMs = 30_000

/** Waits until a node that was away has every block again. `CheckFailed` says how far it came. */
export async function returnOf(context: StepContext, id: string): Promise<Return> {
  const { audit } = context.devnet
  try {
    return await expect(context, `return of ${id}`, limitMs, () =>
      audit.returns.departure(id) === undefined ? audit.returns.returns.findLast((back) => back.id === id) : undefined,
    )
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error
    const progress = audit.returns.progress(id)
    const height = audit.view.last(id)?.height ?? 0
    const state = progress ? renderBar({ id, progress }) : `it is at block ${height} of ${audit.view.tip?.height ?? 0}`
    throw new CheckFailed(`${error.message}; ${state}`)
  }
}

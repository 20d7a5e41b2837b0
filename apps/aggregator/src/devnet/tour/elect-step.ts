import { count } from '../format.ts'
import { expect, type Step, type StepContext } from './step.ts'

/** All nodes follow one leader in one term. */
export const electStep: Step = {
  name: 'elect a leader',
  run: async (context) => {
    const { id, term } = await expect(context, 'leader that all nodes follow', 20_000, () => agreed(context))
    return `${id} leads in term ${term}, and ${count(context.devnet.plan.nodes.length, 'node')} agree`
  },
}

function agreed({ devnet, clock }: StepContext): { id: string; term: number } | undefined {
  const { audit, plan } = devnet
  const leader = audit.view.leader(clock.now())
  const statuses = plan.nodes.map(({ id }) => audit.view.fresh(id, clock.now()))
  const isShared = statuses.every((status) => status?.leader_id === leader?.id && status?.term === leader?.term)
  return isShared ? leader : undefined
}

import { count } from '../format.ts'
import { check, expect, type Step, type StepContext } from './step.ts'
import { verifyChain } from './verify-chain.ts'

/** Every block on every node, from the first on; every promise kept. */
export const verifyStep: Step = {
  name: 'verify from genesis',
  run: async (context) => {
    const { devnet, clock } = context
    const { audit, clients } = devnet
    const tip = audit.view.tip?.height ?? 0
    await expect(context, `block ${tip} on every node`, 20_000, () =>
      [...clients.keys()].every((id) => (audit.view.fresh(id, clock.now())?.height ?? 0) >= tip),
    )
    const say = (height: number): void => context.say(`${height} of ${tip}`)
    const problem = await verifyChain(clients, tip, context.signal, say)
    check(problem === undefined, () => problem ?? '')
    await checkPromises(context)
    return `${count(tip, 'block')}, the same on all nodes, each linked to the one before`
  },
}

async function checkPromises(context: StepContext): Promise<void> {
  const { devnet, clock } = context
  const { transactions } = devnet.audit
  const now = clock.now()
  const what = `block with each of ${transactions.acknowledged} acknowledged transactions`
  await expect(context, what, 20_000, () => (transactions.oldestWaitingAt ?? Infinity) > now)
  const { doubles, brokenLinks, signatures, blocks } = devnet.audit.scoreboard(clock.now())
  check(doubles === 0, () => `${doubles} doubles were seen`)
  check(brokenLinks === 0, () => `${brokenLinks} broken links were seen`)
  check(signatures === blocks, () => `${signatures} signatures for ${blocks} blocks`)
}

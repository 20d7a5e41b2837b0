import type { Failover } from '../audit/leadership-watch.ts'
import { formatMs } from '../format.ts'
import { returnOf } from './return-of.ts'
import { check, expect, type Step, type StepContext } from './step.ts'

/** The leader's process dies, another leads, and the dead one comes back. */
export const killStep: Step = {
  name: 'kill -9 the leader',
  run: async (context) => {
    const { devnet, clock } = context
    const { actions, audit } = devnet
    const earlier = audit.leadership.failovers.length
    const kill = (): string | undefined => (audit.view.leader(clock.now()) ? actions.killLeader() : undefined)
    const killed = await expect(context, 'leader to kill', 10_000, kill)
    const failover = await nextFailover(context, earlier)
    check(failover.leader !== killed, () => `${killed} leads again, though it was killed`)
    const back = await returnOf(context, killed)
    return `${killed} killed; ${describeFailover(failover)}; ${killed} back after ${formatMs(back.tookMs)}`
  },
}

/** Waits for the failover after the first `earlier` ones. */
export function nextFailover(context: StepContext, earlier: number): Promise<Failover> {
  const { leadership } = context.devnet.audit
  return expect(context, 'new leader with a new block', 20_000, () => leadership.failovers[earlier])
}

export function describeFailover({ leader, leaderAfterMs, blockAfterMs }: Failover): string {
  return `${leader} leads after ${formatMs(leaderAfterMs)}, next block after ${formatMs(blockAfterMs)}`
}

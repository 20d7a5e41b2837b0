import { describeFailover, nextFailover } from './kill-step.ts'
import { returnOf } from './return-of.ts'
import { check, expect, type Step } from './step.ts'

/** The leader stands still for ten seconds, another leads, and the old one follows in the same process. */
export const pauseStep: Step = {
  name: 'pause the leader',
  run: async (context) => {
    const { devnet, clock } = context
    const { actions, audit, supervisor } = devnet
    const earlier = audit.leadership.failovers.length
    const leader = await expect(context, 'leader to pause', 10_000, () => audit.view.leader(clock.now()))
    const pid = supervisor.pid(leader.id)
    const pausing = actions.pauseLeader()
    const failover = await nextFailover(context, earlier)
    check(failover.leader !== leader.id, () => `${leader.id} leads again, though it was paused`)
    const paused = await pausing
    check(paused === leader.id, () => `${paused ?? 'nobody'} was paused instead of ${leader.id}`)
    await returnOf(context, leader.id)
    const status = await expect(context, `answer of ${leader.id}`, 5000, () => audit.view.fresh(leader.id, clock.now()))
    check(status.term > leader.term, () => `${leader.id} is back in the old term ${status.term}`)
    check(supervisor.pid(leader.id) === pid, () => `${leader.id} is back in another process`)
    return `${leader.id} paused for 10 s; ${describeFailover(failover)}; ${leader.id} is ${status.role} again, in the same process`
  },
}

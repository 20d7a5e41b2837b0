import { simulate } from 'raft-testkit'
import { expect, test } from 'vitest'

const others = (ids: readonly string[], id: string): string[] => ids.filter((other) => other !== id)

test('a leader without a quorum steps down within its lease', () => {
  const cluster = simulate({ nodes: 3, timing: { heartbeatTimeoutMs: 1000, leaderLeaseTimeoutMs: 500 } })
  const leader = cluster.electLeader()
  cluster.isolate(leader)
  cluster.run({ ms: 650 })
  expect(cluster.role(leader)).not.toBe('leader')
})

test('the death of a leader is noticed by its closed connection, long before the heartbeat timeout', () => {
  const cluster = simulate({ nodes: 3, timing: { heartbeatTimeoutMs: 10_000, leaderLeaseTimeoutMs: 500 } })
  const leader = cluster.electLeader(60_000)
  const died = cluster.world.now
  cluster.crash(leader)
  cluster.runUntil(() => cluster.leader() !== undefined)
  expect(cluster.world.now - died).toBeLessThan(200)
})

test('a follower that was cut off raises no term when it comes back', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  const follower = others(cluster.ids, leader)[0]!
  const { term } = cluster.status(leader)
  cluster.isolate(follower)
  cluster.run({ ms: 5000 })
  cluster.heal()
  cluster.run({ ms: 2000 })
  expect(cluster.leader()).toBe(leader)
  expect(cluster.status(follower).term).toBe(term)
})

test('a follower that stayed away until the log was compacted gets a snapshot and then the rest', () => {
  const cluster = simulate({ nodes: 3, snapshots: { thresholdEntries: 20, trailingEntries: 5, intervalMs: 100 } })
  const leader = cluster.electLeader()
  const away = others(cluster.ids, leader)[0]!
  cluster.crash(away)
  for (let i = 0; i < 60; i++) {
    cluster.propose(`s${i}`)
    cluster.run({ ms: 10 })
  }
  expect(cluster.status(leader).snapshot.index).toBeGreaterThan(20)
  cluster.start(away)
  cluster.runUntil(() => cluster.status(away).appliedIndex === cluster.status(leader).commitIndex)
  expect(cluster.status(away).snapshot.index).toBeGreaterThan(20)
  expect(cluster.process(away)!.fsm.digest).toBe(cluster.process(leader)!.fsm.digest)
})

test('three nodes do not found a cluster before all are there', () => {
  const cluster = simulate({ nodes: 3 })
  cluster.crash('n3')
  cluster.run({ ms: 5000 })
  expect(cluster.status('n1').role).toBe('forming')
  cluster.start('n3')
  cluster.electLeader()
})

test('a node that lost its disk comes back as a learner and is promoted', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  const lost = others(cluster.ids, leader)[0]!
  for (let i = 0; i < 20; i++) cluster.propose(`s${i}`)
  cluster.run({ ms: 100 })
  const before = cluster.process(lost)!.driver.identity!.incarnation
  cluster.wipe(lost)
  cluster.start(lost)
  const voters = (): readonly string[] =>
    cluster
      .status(cluster.electLeader())
      .configuration!.configuration.servers.filter(({ suffrage }) => suffrage === 'voter')
      .map(({ incarnation }) => incarnation)
  cluster.runUntil(() => voters().length === 3 && !voters().includes(before))
  cluster.runUntil(() => cluster.status(lost).appliedIndex === cluster.status(leader).commitIndex)
})

test('wiping two of three founds no second cluster: nothing is committed until the operator decides', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  const { clusterId } = cluster.status(leader)
  for (const id of others(cluster.ids, leader)) {
    cluster.wipe(id)
    cluster.start(id)
  }
  cluster.run({ ms: 10_000 })
  expect(cluster.leader()).toBeUndefined()
  for (const id of cluster.ids) expect(['', clusterId]).toContain(cluster.status(id).clusterId)
})

test('leadership goes where it is sent, and nothing that was acknowledged is lost', () => {
  const cluster = simulate({ nodes: 5 })
  const leader = cluster.electLeader()
  const target = others(cluster.ids, leader)[2]!
  for (let i = 0; i < 30; i++) cluster.propose(`s${i}`)
  cluster.transfer(target)
  cluster.runUntil(() => cluster.leader() === target)
  cluster.run({ ms: 500 })
  expect(new Set(cluster.outcomes.values())).toEqual(new Set(['acknowledged']))
})

test('a leader that stood still does not believe that it still leads', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  cluster.pause(leader, 5000)
  cluster.runUntil(() => cluster.leader() !== undefined && cluster.leader() !== leader)
  cluster.run({ ms: 6000 })
  expect(cluster.role(leader)).toBe('follower')
})

test('a follower that stood still does not disturb the leader', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  const { term } = cluster.status(leader)
  cluster.pause(others(cluster.ids, leader)[0]!, 3000)
  cluster.run({ ms: 5000 })
  expect(cluster.leader()).toBe(leader)
  expect(cluster.status(leader).term).toBe(term)
})

test('a cluster of one leads at once and survives restarts', () => {
  const cluster = simulate({ nodes: 1 })
  cluster.electLeader()
  cluster.propose('s0')
  cluster.run({ ms: 50 })
  cluster.crash('n1')
  cluster.start('n1')
  cluster.electLeader()
  expect(cluster.outcomes.get('s0')).toBe('acknowledged')
})

test('a leader that dies between two messages has told some, and nobody is misled', () => {
  for (let acts = 0; acts < 12; acts++) {
    const cluster = simulate({ nodes: 3, seed: acts })
    const leader = cluster.electLeader()
    cluster.crashAfter(leader, acts)
    cluster.propose('s0')
    cluster.run({ ms: 1000 })
    expect(cluster.alive()).not.toContain(leader)
    cluster.start(leader)
    cluster.electLeader()
    cluster.propose('s1')
    cluster.runUntil(() => cluster.outcomes.get('s1') === 'acknowledged')
  }
})

test('a failed fsync stops the node, and what it held is decided without it', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  cluster.breakDisk(leader)
  cluster.propose('s0')
  cluster.run({ ms: 1000 })
  expect(cluster.alive()).not.toContain(leader)
  expect(cluster.leader()).not.toBe(leader)
  cluster.start(leader)
  cluster.runUntil(() => cluster.applied(leader) === cluster.status(cluster.electLeader()).commitIndex)
})

test('a node that stops in good order is not missed for long', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  cluster.stop(leader)
  cluster.runUntil(() => cluster.leader() !== undefined && cluster.leader() !== leader)
  expect(cluster.alive()).toHaveLength(2)
})

test('a power cut of all nodes loses nothing that was acknowledged', () => {
  const cluster = simulate({ nodes: 3, diskMs: 5 })
  cluster.electLeader()
  for (let i = 0; i < 50; i++) cluster.propose(`s${i}`)
  cluster.run({ ms: 12 })
  for (const id of cluster.ids) cluster.crash(id)
  for (const id of cluster.ids) cluster.start(id)
  cluster.electLeader()
  cluster.propose('s50')
  cluster.runUntil(() => cluster.outcomes.get('s50') === 'acknowledged')
})

test('a wire that is cut in one direction is given up, and the connection comes back when it is healed', () => {
  const cluster = simulate({ nodes: 3 })
  const leader = cluster.electLeader()
  const [follower] = others(cluster.ids, leader)
  cluster.cutOneWay(leader, follower!)
  cluster.run({ ms: 1000 })
  expect(cluster.network.counts.unreachable).toBeGreaterThan(0)
  cluster.heal()
  cluster.runUntil(() => cluster.applied(follower!) === cluster.status(cluster.electLeader()).commitIndex)
})

test('clocks that run at different speeds neither unseat a leader nor keep one from being elected', () => {
  const cluster = simulate({ nodes: 3, clockRates: { n1: 0.7, n3: 1.4 } })
  const leader = cluster.electLeader()
  const { term } = cluster.status(leader)
  cluster.run({ ms: 5000 })
  expect(cluster.status(leader)).toMatchObject({ role: 'leader', term })
})

test('a proposal that an isolated leader took and a snapshot jumped over is decided', () => {
  const cluster = simulate({ nodes: 3, snapshots: { thresholdEntries: 5, trailingEntries: 0, intervalMs: 20 } })
  const old = cluster.electLeader()
  cluster.isolate(old)
  for (let i = 0; i < 30; i++) cluster.propose(`s${i}`, old)
  cluster.runUntil(() => cluster.leader() !== undefined && cluster.leader() !== old)
  for (let i = 30; i < 45; i++) {
    cluster.propose(`s${i}`)
    cluster.run({ ms: 20 })
  }
  cluster.heal()
  cluster.runUntil(() => ![...cluster.outcomes.values()].includes('pending'))
  expect(cluster.outcomes.get('s29')).toBe('SUPERSEDED')
})

test('a vote that is taken by a leader that dies before its own disk knows leaves somebody who can be elected', () => {
  for (const nodes of [2, 4]) {
    const cluster = simulate({ nodes })
    const leader = cluster.electLeader()
    const [loser, away, late] = others(cluster.ids, leader)
    if (away !== undefined) cluster.crash(away)
    if (late !== undefined) cluster.cutOneWay(leader, late)
    cluster.stallDisk(leader, 500)
    cluster.setSuffrages({ [loser!]: 'nonVoter' })
    cluster.runUntil(() => cluster.disk(loser!).log.entries.at(-1)?.type === 'configuration')
    cluster.crash(leader)
    expect(cluster.disk(leader).log.entries.at(-1)?.type).not.toBe('configuration')
    cluster.heal()
    cluster.start(leader)
    cluster.electLeader()
    cluster.propose('s0')
    cluster.runUntil(() => cluster.outcomes.get('s0') === 'acknowledged')
  }
})

test('a state machine that cannot write a snapshot costs that snapshot, not the node; the next one succeeds', () => {
  const cluster = simulate({ nodes: 3, snapshots: { thresholdEntries: 10, intervalMs: 100 } })
  const leader = cluster.electLeader()
  cluster.failSnapshot(leader)
  for (let i = 0; i < 15; i++) cluster.propose(`s${i}`)
  cluster.runUntil(() => cluster.watcher.tail.some((line) => line.includes(`${leader} snapshotNotTaken`)))
  expect(cluster.leader()).toBe(leader)
  cluster.runUntil(() => cluster.status(leader).snapshot.index >= 10)
})

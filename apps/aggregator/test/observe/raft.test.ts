import { MemoryHub } from 'raft-testkit'
import { afterEach, expect, test } from 'vitest'
import { leaderOf, Member } from './support/member.ts'
import { parseSamples } from './support/samples.ts'

const open: Member[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((member) => member.close()))
})

async function start(...ids: readonly string[]): Promise<readonly Member[]> {
  const hub = new MemoryHub()
  const members = ids.map((id) => new Member(hub, id, ids))
  open.push(...members)
  await Promise.all(members.map(({ raft }) => raft.start()))
  return members
}

test('a leader of one shows its role, term and indexes, and what it wrote', async () => {
  const [member] = await start('a')
  const leader = await leaderOf([member!])
  await leader.block()
  await leader.block()
  await leader.shows('raft_commit_seconds_count', 2)
  const { values } = parseSamples(await leader.metrics.text())
  const { commitIndex, lastIndex, term } = leader.raft.status()
  expect(values.get('raft_role{role="leader"}')).toBe(1)
  expect(values.get('raft_role{role="follower"}')).toBe(0)
  expect(values.get('raft_term')).toBe(term)
  expect(values.get('raft_has_leader')).toBe(1)
  expect(values.get('raft_commit_index')).toBe(commitIndex)
  expect(values.get('raft_applied_index')).toBe(commitIndex)
  expect(values.get('raft_last_log_index')).toBe(lastIndex)
  expect(values.get('raft_durable_index')).toBe(lastIndex)
  expect(values.get('raft_members{suffrage="voter"}')).toBe(1)
  expect(values.get('raft_log_appended_entries_total')).toBe(lastIndex)
  expect(values.get('raft_election_timeouts_total')).toBe(1)
  expect(values.get('raft_leadership_changes_total{cause="started"}')).toBe(1)
  expect(values.get('raft_leadership_changes_total{cause="leaseLost"}')).toBe(0)
})

test('a node without a cluster shows that it is forming', async () => {
  const hub = new MemoryHub()
  const member = new Member(hub, 'a', ['a', 'b', 'c'])
  open.push(member)
  await member.raft.start()
  expect(await member.sample('raft_role{role="forming"}')).toBe(1)
  expect(await member.sample('raft_has_leader')).toBe(0)
  expect(await member.sample('raft_peer_connected{peer="b"}')).toBe(0)
})

test('only the leader shows how far the others are', async () => {
  const members = await start('a', 'b', 'c')
  const leader = await leaderOf(members)
  const follower = members.find((member) => member !== leader)!
  await leader.block()
  const { lastIndex } = leader.raft.status()
  await leader.shows(`raft_peer_match_index{peer="${follower.id}"}`, lastIndex)
  const { values } = parseSamples(await leader.metrics.text())
  expect(values.get(`raft_peer_connected{peer="${follower.id}"}`)).toBe(1)
  expect(values.get(`raft_peer_inflight_messages{peer="${follower.id}"}`)).toBeGreaterThanOrEqual(0)
  expect(values.get(`raft_peer_last_contact_seconds{peer="${follower.id}"}`)).toBeGreaterThanOrEqual(0)
  expect([...parseSamples(await follower.metrics.text()).values.keys()].join('\n')).not.toContain('raft_peer_match')
})

test('when a leader dies, everybody left counts one change of leadership, and who noticed says why', async () => {
  const members = await start('a', 'b', 'c')
  const first = await leaderOf(members)
  for (const member of members) await member.shows('raft_leadership_changes_total{cause="started"}', 1)
  const { term } = first.raft.status()
  await first.close()
  open.splice(open.indexOf(first), 1)
  const left = members.filter((member) => member !== first)
  const next = await leaderOf(left)
  for (const member of left) {
    await member.shows('raft_has_leader', 1)
    await member.shows('raft_term', next.raft.status().term)
  }
  expect(next.raft.status().term).toBeGreaterThan(term)
  for (const member of left) {
    const { values } = parseSamples(await member.metrics.text())
    const changes = [...values].filter(([series]) => series.startsWith('raft_leadership_changes_total'))
    expect(changes.reduce((sum, [, value]) => sum + value, 0)).toBeGreaterThanOrEqual(2)
    expect(values.get(`raft_peer_connected{peer="${first.id}"}`)).toBe(0)
    expect(values.get(`raft_peer_down_total{peer="${first.id}",reason="goodbye"}`)).toBe(1)
  }
  const noticed = await Promise.all(
    ['leaderSuspected', 'heartbeatTimeout'].map((cause) =>
      next.sample(`raft_leadership_changes_total{cause="${cause}"}`),
    ),
  )
  expect(noticed.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeGreaterThanOrEqual(1)
})

test('a snapshot that was taken is counted and its index shown', async () => {
  const [member] = await start('a')
  const leader = await leaderOf([member!])
  await leader.block()
  await leader.raft.takeSnapshot()
  expect(await leader.sample('raft_snapshot_taken_total')).toBe(1)
  expect(await leader.sample('raft_snapshot_index')).toBe(leader.raft.status().appliedIndex)
})

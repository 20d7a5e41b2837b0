import type { Configuration, Server } from 'raft-core'
import { expect, test } from 'vitest'
import { configurationOf, incarnationOf, member, server, SteppedNode } from '../support/stepped-node.ts'

/** A leader whose opening is committed, and to which `n3` has said nothing for so long. */
function leader(silentMs = 400, configuration: Configuration = configurationOf('n1', 'n2', 'n3')): SteppedNode {
  const voters = configuration.servers.length > 3 ? ['n2', 'n5'] : ['n2']
  const node = new SteppedNode({ configuration }).lead(...voters)
  for (const voter of voters) node.acknowledge(voter, 1)
  while (silentMs > 0) {
    node.wait(16)
    for (const voter of voters) if (node.state.role.kind === 'leader') node.beat(voter, node.state.role.round)
    silentMs -= 16
  }
  return node
}

const admit = (node: SteppedNode, returned: Server, more: object = {}): SteppedNode =>
  node.receive(
    member(returned.id, 1),
    { kind: 'admit', server: returned, chainId: 'c', genesisHash: 'aa', ...more },
    { clusterId: '' },
  )

const returned = (id: string): Server => server(id, 'staging', 1)

/** What the newest configuration says of each server: life and suffrage. */
const told = (node: SteppedNode): readonly string[] =>
  node.state.configurations
    .at(-1)!
    .configuration.servers.map(
      ({ id, incarnation, suffrage }) => `${id}/${incarnation === incarnationOf(id, 1) ? 1 : 0} ${suffrage}`,
    )

const before = ['n1/0 voter', 'n2/0 voter', 'n3/0 voter']
const after = ['n1/0 voter', 'n2/0 voter', 'n3/1 staging']

test('a voter that lost its disk comes back as a learner, under its new directory', () => {
  const node = admit(leader(), returned('n3'))
  expect(told(node)).toEqual(after)
  expect(node.writes.at(-1)!.entries).toMatchObject([{ type: 'configuration' }])
})

test('a non-voter stays one', () => {
  const configuration = configurationOf('n1', 'n2', server('n3', 'nonVoter'))
  expect(told(admit(leader(400, configuration), returned('n3'))).at(-1)).toBe('n3/1 nonVoter')
})

test.each<[string, () => SteppedNode]>([
  ['while its old directory was heard lately', () => admit(leader(100), returned('n3'))],
  ['of another chain', () => admit(leader(), returned('n3'), { chainId: 'd' })],
  ['of another genesis', () => admit(leader(), returned('n3'), { genesisHash: 'bb' })],
  ['that speaks for another', () => admit(leader(), server('n3', 'staging', 2))],
  [
    'that the configuration names already',
    () => leader().receive('n3', { kind: 'admit', server: server('n3'), chainId: 'c', genesisHash: 'aa' }),
  ],
])('nobody is taken in %s', (_name, attempt) => {
  expect(told(attempt())).toEqual(before)
})

test('a stranger is not taken in, and reported', () => {
  const node = admit(leader(), returned('n7'))
  expect(told(node)).toEqual(before)
  expect(node.events.at(-1)).toMatchObject({ kind: 'applicantUnknown', applicant: { id: 'n7' } })
})

test('nobody is taken in before the opening of the term is committed, or while another change is not', () => {
  const fresh = new SteppedNode().lead('n2')
  fresh.now += 400
  expect(told(admit(fresh, returned('n3')))).toEqual(before)
  const node = admit(leader(400, configurationOf('n1', 'n2', 'n3', 'n4', 'n5')), returned('n3'))
  expect(told(node)).toContain('n3/1 staging')
  expect(told(admit(node, returned('n4')))).toContain('n4/0 voter')
})

test('a learner is promoted once it has caught up and the change before is committed', () => {
  const node = admit(leader(), returned('n3')).durable()
  const back = member('n3', 1)
  node.acknowledge(back, 2)
  expect(told(node)).toEqual(after)
  node.acknowledge('n2', 2)
  expect(told(node)).toEqual(['n1/0 voter', 'n2/0 voter', 'n3/1 voter'])
})

test('a learner that lags is not promoted', () => {
  const node = admit(leader(), returned('n3')).durable().acknowledge('n2', 2)
  const payload = new Uint8Array(1)
  const proposals = Array.from({ length: 70 }, (_, request) => ({
    request,
    type: 'command' as const,
    payload,
    term: undefined,
  }))
  node.input({ kind: 'propose', proposals }).durable()
  node.acknowledge(member('n3', 1), 7)
  expect(told(node)).toEqual(after)
  node.acknowledge(member('n3', 1), 8)
  expect(told(node)).toEqual(['n1/0 voter', 'n2/0 voter', 'n3/1 voter'])
})

test('what the old directory acknowledged does not count for the new one', () => {
  const node = new SteppedNode().lead('n2').acknowledge('n2', 1).acknowledge('n3', 1)
  for (let ms = 0; ms < 400; ms += 16) {
    const { role } = node.wait(16).state
    if (role.kind === 'leader') node.beat('n2', role.round)
  }
  admit(node, returned('n3')).durable()
  expect(node.state.role).toMatchObject({ kind: 'leader' })
  const { role } = node.state
  expect(role.kind === 'leader' && role.peers.get('n3')).toMatchObject({
    incarnation: incarnationOf('n3', 1),
    match: 0,
  })
})

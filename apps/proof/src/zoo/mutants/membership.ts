import type { Mutant } from '../mutant.ts'

/** Members and how they change. */
export const membershipMutants: readonly Mutant[] = [
  {
    name: 'change expects nothing',
    file: 'raft-core/src/step/membership.ts',
    find: '    (input.expectedIndex !== undefined && input.expectedIndex !== placed.index',
    replace: '    (input.expectedIndex !== undefined && input.expectedIndex > placed.index',
    killedBy: { test: 'raft-core/test/step/membership.test.ts' },
  },
  {
    name: 'never promoted',
    file: 'raft-core/src/step/admission.ts',
    find: `  return progress?.mode === 'replicate' && state.log.lastIndex - progress.match <= caughtUpEntries`,
    replace: `  return progress?.mode === 'snapshot' && state.log.lastIndex - progress.match <= caughtUpEntries`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'nonvoter counts',
    seenIn: 'hashicorp/raft, VerifyLeader',
    file: 'raft-core/src/configuration.ts',
    find: `  return lists.map((servers) => servers.filter((server) => server.suffrage === 'voter'))`,
    replace: `  return lists.map((servers) => servers.filter((server) => server.suffrage !== 'staging'))`,
    killedBy: { test: 'raft-core/test/step/election.test.ts' },
  },
  {
    name: 'promoted at once',
    file: 'raft-core/src/step/admission.ts',
    find: `  return progress?.mode === 'replicate' && state.log.lastIndex - progress.match <= caughtUpEntries`,
    replace: '  return progress !== undefined',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'readmit other chain',
    file: 'raft-core/src/step/admission.ts',
    find: '  if (admit.chainId !== settings.chainId || admit.genesisHash !== settings.genesisHash) return',
    replace: '',
    killedBy: { test: 'raft-core/test/step/admission.test.ts' },
  },
  {
    name: 'readmitted nonvoter gains vote',
    file: 'raft-core/src/step/admission.ts',
    find: `  const suffrage = known.suffrage === 'nonVoter' ? 'nonVoter' : 'staging'`,
    replace: `  const suffrage = 'staging' as const`,
    killedBy: { test: 'raft-core/test/step/admission.test.ts' },
  },
  {
    name: 'readmitted while alive',
    file: 'raft-core/src/step/admission.ts',
    find: '  const isSilent = lastContact !== undefined && turn.now - lastContact >= settings.electionTimeoutMs',
    replace: '  const isSilent = lastContact !== undefined',
    killedBy: { test: 'raft-core/test/step/admission.test.ts' },
  },
  {
    name: 'readmitted with vote',
    file: 'raft-core/src/step/admission.ts',
    find: `  const suffrage = known.suffrage === 'nonVoter' ? 'nonVoter' : 'staging'`,
    replace: `  const suffrage = known.suffrage === 'nonVoter' ? 'nonVoter' : 'voter'`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'staging counts',
    file: 'raft-core/src/configuration.ts',
    find: `  return lists.map((servers) => servers.filter((server) => server.suffrage === 'voter'))`,
    replace: `  return lists.map((servers) => servers.filter((server) => server.suffrage !== 'nonVoter'))`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'joint left before committed',
    file: 'raft-core/src/step/membership.ts',
    find: 'state.commit >= Math.max(jointIndex, leader.openingIndex)',
    replace: 'state.commit >= leader.openingIndex',
    killedBy: { test: 'raft-core/test/step/joint.test.ts' },
  },
  {
    name: 'joint left by who asked alone',
    file: 'raft-core/src/step/membership.ts',
    find: `  const index = appendConfiguration(turn, leader, { ...configuration, outgoing: [] })
  if (leader.jointRequest === undefined) return`,
    replace: `  if (leader.jointRequest === undefined) return
  const index = appendConfiguration(turn, leader, { ...configuration, outgoing: [] })`,
    killedBy: { test: 'raft-core/test/step/joint.test.ts' },
  },
  {
    name: 'several voters without joint',
    file: 'raft-core/src/step/membership.ts',
    find: 'if (changedVoters(placed.configuration, input.configuration) > 1) {',
    replace: 'if (changedVoters(placed.configuration, input.configuration) > 9) {',
    killedBy: { test: 'raft-core/test/step/joint.test.ts' },
  },
  {
    name: 'change before opening',
    seenIn: 'Raft dissertation, corrected in 2015',
    file: 'raft-core/src/step/membership.ts',
    find: 'if (state.commit < Math.max(latestConfiguration(state).index, leader.openingIndex)) {',
    replace: 'if (state.commit < latestConfiguration(state).index) {',
    killedBy: { test: 'raft-core/test/step/admission.test.ts' },
  },
  {
    name: 'two changes at once',
    seenIn: 'openraft',
    file: 'raft-core/src/step/membership.ts',
    find: 'if (state.commit < Math.max(latestConfiguration(state).index, leader.openingIndex)) {',
    replace: 'if (state.commit < leader.openingIndex) {',
    killedBy: { test: 'raft-core/test/step/admission.test.ts' },
  },
]

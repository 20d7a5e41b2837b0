import type { Mutant } from '../mutant.ts'

/** How a cluster is founded. */
export const formationMutants: readonly Mutant[] = [
  {
    name: 'founded before record written',
    file: 'raft-core/src/formation/forming.ts',
    find: '    this.#persist(record, () => this.#host.founded(record))',
    replace: `    this.#persist(record, () => {})
    this.#host.founded(record)`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'founder by id',
    file: 'raft-core/src/formation/formation.ts',
    find: '  const isFounder = record.servers.some((server) => isSameMember(server, identity))',
    replace: '  const isFounder = record.servers.some((server) => server.id === identity.id)',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'founds beside a foreign promise',
    file: 'raft-core/src/formation/formation.ts',
    find: `    if (identify.stage === 'promised' && identify.record?.clusterId !== makeRecord(state).clusterId) {`,
    replace: `    if (identify.stage === 'promised' && identify.record?.clusterId === '') {`,
    killedBy: { test: 'raft-testkit/test/golden/golden.test.ts' },
  },
  {
    name: 'founds beside other chain',
    file: 'raft-core/src/formation/formation.ts',
    find: '  if (record === undefined || chainId !== state.settings.chainId || genesisHash !== state.settings.genesisHash) {',
    replace: '  if (record === undefined) {',
    killedBy: { test: 'raft-core/test/formation/formation.test.ts' },
  },
  {
    name: 'founds on any record',
    file: 'raft-core/src/formation/formation.ts',
    find: `    answer?.identify.stage === 'promised' && answer.identify.record?.clusterId === record.clusterId`,
    replace: `    answer?.identify.stage === 'promised'`,
    killedBy: { test: 'raft-core/test/formation/random-foundings.test.ts' },
  },
  {
    name: 'founds on first promise',
    file: 'raft-core/src/formation/formation.ts',
    find: '  if (answers.every(hasPromised)) {',
    replace: '  if (answers.length === 0 || answers.some(hasPromised)) {',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'founds with one silent',
    file: 'raft-core/src/formation/formation.ts',
    find: `  if (silent.length > 0) return waitingFor(state, (answer) => answer === undefined, 'to answer')`,
    replace: `  if (silent.length > 1) return waitingFor(state, (answer) => answer === undefined, 'to answer')`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'known by id',
    file: 'raft-core/src/formation/formation.ts',
    find: '  if (isFounder || known.some((server) => isSameMember(server, identity))) {',
    replace: '  if (isFounder || known.length > 0) {',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'promise decided before durable',
    file: 'raft-core/src/formation/formation.ts',
    find: `  if (state.isRecordDurable) decide(state, effects, isDue, input.kind === 'recordDurable')`,
    replace: `  decide(state, effects, isDue, input.kind === 'recordDurable')`,
    killedBy: { test: 'raft-core/test/formation/formation.test.ts' },
  },
  {
    name: 'promise dropped early',
    file: 'raft-core/src/formation/formation.ts',
    find: '  if (answers.every((answer) => answer !== undefined) && record.servers.some(isGone)) {',
    replace: '  if (record.servers.some(isGone)) {',
    killedBy: { test: 'raft-core/test/formation/formation.test.ts' },
  },
  {
    name: 'promise never dropped',
    file: 'raft-core/src/formation/formation.ts',
    find: '  if (answers.every((answer) => answer !== undefined) && record.servers.some(isGone)) {',
    replace: '  if (answers.every((answer) => answer !== undefined) && record.servers.every(isGone)) {',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'promise said before durable',
    file: 'raft-core/src/formation/formation.ts',
    find: '  const promised = isRecordDurable ? record : undefined',
    replace: '  const promised = isRecordDurable || record ? record : undefined',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'waiting node founds',
    file: 'raft-core/src/formation/formation.ts',
    find: `  if (!settings.mayFound) return 'no peer knows a cluster and this node may not found one; start it with raft.bootstrap'`,
    replace: `  if (!settings.mayFound && settings.peers.length === 0) return 'no peer knows a cluster and this node may not found one; start it with raft.bootstrap'`,
    killedBy: { test: 'raft-core/test/formation/formation.test.ts' },
  },
]

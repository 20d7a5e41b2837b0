import type { Mutant } from '../mutant.ts'

/** Writes, and what waits for them. */
export const writesMutants: readonly Mutant[] = [
  {
    name: 'aba write completion',
    seenIn: 'etcd #1690',
    file: 'raft-core/src/step/turn.ts',
    find: '  for (const pending of state.writes) pending.endIndex = Math.min(pending.endIndex, from - 1)',
    replace: '',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'answers before durable',
    seenIn: 'liferaft',
    file: 'raft-core/src/step/turn.ts',
    find: `    isDurablyMine === 'afterThisWrite' ? (turn.write?.id ?? turn.state.hardStateWrite) : turn.state.hardStateWrite`,
    replace: `    isDurablyMine === 'afterThisWrite' ? (turn.write?.id ?? turn.state.hardStateWrite) : undefined`,
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'durable before store',
    file: 'raft-core/src/driver/write-queue.ts',
    find: '    this.#ask(() => this.#store.append(mergeWrites(group), (error) => this.#finish(last, error)))',
    replace:
      '    this.#ask(() => this.#store.append(mergeWrites(group), (error) => this.#finish(last + this.#gathered.length, error)))',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'failed write ignored',
    seenIn: 'PostgreSQL, fsyncgate',
    file: 'raft-core/src/driver/write-queue.ts',
    find: '    if (error) return this.#fail(error)',
    replace: '',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'held release off by one',
    file: 'raft-core/src/driver/held-messages.ts',
    find: '    const isFree = ({ after }: SendEffect): boolean => after === undefined || after <= write',
    replace: '    const isFree = ({ after }: SendEffect): boolean => after === undefined || after <= write + 1',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'merge first hard state',
    seenIn: 'openraft',
    file: 'raft-core/src/driver/write-queue.ts',
    find: '    hardState = write.hardState ?? hardState',
    replace: '    hardState = hardState ?? write.hardState',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'merge keeps truncated',
    file: 'raft-core/src/driver/write-queue.ts',
    find: '      if (!isWithin) truncateFrom = Math.min(truncateFrom ?? from, from)',
    replace: '      if (!isWithin) truncateFrom = truncateFrom ?? from',
    killedBy: { test: 'raft-core/test/driver/merge-writes.test.ts' },
  },
  {
    name: 'merge loses truncation',
    file: 'raft-core/src/driver/write-queue.ts',
    find: '      const isWithin = entries.length > 0 && from > entries[0]!.index',
    replace: '      const isWithin = entries.length > 0 && from >= entries[0]!.index - 1',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'reset keeps durable',
    file: 'raft-core/src/step/log.ts',
    find: '  log.durableIndex = Math.min(log.durableIndex, position.index)',
    replace: '  log.durableIndex = position.index',
    killedBy: { test: 'raft-core/test/step/snapshots.test.ts' },
  },
  {
    name: 'truncation keeps durable',
    file: 'raft-core/src/step/log.ts',
    find: '  log.durableIndex = Math.min(log.durableIndex, log.lastIndex)',
    replace: '',
    killedBy: { scenario: 'swarm' },
  },
  {
    name: 'writes pass a reset',
    file: 'raft-core/src/driver/write-queue.ts',
    find: `    const nextReset = this.#gathered.findIndex((write) => write.reset !== undefined)
    const group = this.#gathered.splice(0, nextReset < 0 ? this.#gathered.length : nextReset)`,
    replace: `    const group = this.#gathered.filter((write) => write.reset === undefined)
    this.#gathered = this.#gathered.filter((write) => write.reset !== undefined)`,
    killedBy: { test: 'raft-core/test/driver/write-queue.test.ts' },
  },
]

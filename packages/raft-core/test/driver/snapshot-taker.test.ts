import type { Done, SnapshotMetadata, SnapshotStore } from 'raft-core'
import { expect, test } from 'vitest'
import { SnapshotTaker } from '../../src/driver/snapshot-taker.ts'

const metadata: SnapshotMetadata = {
  index: 9,
  term: 2,
  configuration: { servers: [], outgoing: [] },
  configurationIndex: 0,
  clusterId: '',
  epoch: 0,
}

/** A taker whose log becomes durable when the test says so. */
function taker(): { taker: SnapshotTaker; did: string[]; logIsDurable: (error?: Error) => void; ask: () => void } {
  const did: string[] = []
  const waiting: Done[] = []
  const store = {
    create: (_metadata, done) =>
      done(undefined, {
        write: (_bytes, written) => written(),
        commit: (committed) => {
          did.push('commit')
          committed()
        },
        abort: (aborted) => {
          did.push('abort')
          aborted()
        },
      }),
  } as SnapshotStore
  const subject = new SnapshotTaker({
    fsm: { snapshot: () => ({ persist: (_sink, done) => done(), release: () => did.push('release') }) },
    store,
    describe: () => metadata,
    whenDurable: (index, done) => {
      did.push(`wait for ${index}`)
      waiting.push(done)
    },
    taken: ({ index }) => did.push(`taken ${index}`),
  })
  return {
    taker: subject,
    did,
    logIsDurable: (error) => waiting.splice(0).forEach((done) => done(error)),
    ask: () => subject.take((error) => did.push(error ? 'failed' : 'done')),
  }
}

test('a snapshot is complete only once the log through it is durable, and one is taken at a time', () => {
  const { did, logIsDurable, ask } = taker()
  ask()
  expect(did.splice(0)).toEqual(['wait for 9'])
  ask()
  expect(did.splice(0)).toEqual(['done'])
  logIsDurable()
  expect(did.splice(0)).toEqual(['commit', 'release', 'taken 9', 'done'])
  ask()
  expect(did).toEqual(['wait for 9'])
})

test('a snapshot whose log never became durable is given up', () => {
  const { did, logIsDurable, ask } = taker()
  ask()
  logIsDurable(new Error('stopped'))
  expect(did).toEqual(['wait for 9', 'abort', 'release', 'failed'])
})

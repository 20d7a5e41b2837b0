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

/** What fails in a test, if anything. */
type Fault = 'capture' | 'persist' | 'write' | 'commit' | 'abort'

/** A taker whose log becomes durable when the test says so. */
function taker(...faults: readonly Fault[]): {
  taker: SnapshotTaker
  did: string[]
  logIsDurable: (error?: Error) => void
  ask: () => void
} {
  const did: string[] = []
  const waiting: Done[] = []
  const faultOf = (what: Fault): Error | undefined => (faults.includes(what) ? new Error(`${what} fails`) : undefined)
  const store = {
    create: (_metadata, done) =>
      done(undefined, {
        write: (_bytes, written) => written(faultOf('write')),
        commit: (committed) => {
          did.push('commit')
          committed(faultOf('commit'))
        },
        abort: (aborted) => {
          did.push('abort')
          aborted(faultOf('abort'))
        },
      }),
  } as SnapshotStore
  const subject = new SnapshotTaker({
    fsm: {
      snapshot: () => {
        if (faults.includes('capture')) throw faultOf('capture')
        return {
          persist: (sink, done) => sink.write(new Uint8Array(1), (error) => done(error ?? faultOf('persist'))),
          release: () => did.push('release'),
        }
      },
    },
    store,
    describe: () => metadata,
    whenDurable: (index, done) => {
      did.push(`wait for ${index}`)
      waiting.push(done)
    },
    taken: ({ index }) => did.push(`taken ${index}`),
    notTaken: ({ code }) => did.push(`not taken ${code}`),
    failed: ({ code }) => did.push(`node fails ${code}`),
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
  expect(did).toEqual(['wait for 9', 'abort', 'release', 'not taken SNAPSHOT_FAILED', 'failed'])
})

test('a state machine that cannot give its state costs a snapshot, not the node, and is asked again', () => {
  const persisting = taker('persist')
  persisting.ask()
  expect(persisting.did.splice(0)).toEqual(['abort', 'release', 'not taken SNAPSHOT_FAILED', 'failed'])
  persisting.ask()
  expect(persisting.did).toEqual(['abort', 'release', 'not taken SNAPSHOT_FAILED', 'failed'])
  const capturing = taker('capture')
  capturing.ask()
  expect(capturing.did).toEqual(['not taken SNAPSHOT_FAILED', 'failed'])
})

test('a store that fails ends the node, even when the state machine reports it as its own failure', () => {
  const ends = ['release', 'node fails STORAGE_FAILED', 'failed']
  for (const [faults, before] of [
    [['write'], ['abort']],
    [['write', 'abort'], ['abort']],
    [['persist', 'abort'], ['abort']],
    [['commit'], ['wait for 9', 'commit']],
  ] as const) {
    const { did, logIsDurable, ask } = taker(...faults)
    ask()
    logIsDurable()
    expect(did).toEqual([...before, ...ends])
  }
})

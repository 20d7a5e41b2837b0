import { createHash } from 'node:crypto'
import {
  type Done,
  initialHardState,
  type LogStore,
  RaftDriver,
  type RaftOptions,
  type SnapshotStore,
  type StableStore,
  type Transport,
} from 'raft-core'
import { expect, test } from 'vitest'

const unexpected = (): never => expect.fail('this is never asked')

/** Ports that note what was asked of them and answer when the test says so. */
class World {
  readonly asked: string[] = []
  readonly #pending: (() => void)[] = []
  founding: Uint8Array | undefined
  isEmpty = true

  driver(): RaftDriver<void> {
    const later = (name: string, action: () => void): void => {
      this.asked.push(name)
      this.#pending.push(action)
    }
    const log = {
      hardState: initialHardState,
      base: { index: 0, term: 0 },
      lastIndex: 0,
      terms: [],
      damaged: undefined,
    }
    const logStore = {
      open: (done) => later('log.open', () => done(undefined, log)),
      append: (_write, done) => later('log.append', done),
      close: (done) => later('log.close', done),
    } as LogStore
    const stableStore: StableStore = {
      get: (key, done) => later(`get ${key}`, () => done(undefined, key === 'founding' ? this.founding : undefined)),
      set: (key, _value, done) => later(`set ${key}`, done),
    }
    const snapshotStore = { list: (done) => later('snapshots', () => done(undefined, [])) } as SnapshotStore
    const transport: Transport = {
      start: (_self, _handler, done) => later('transport.start', done),
      close: (done) => later('transport.close', done),
      identify: () => {},
      setPeers: () => {},
      send: () => {},
    }
    const options: RaftOptions<void> = {
      id: 'n1',
      address: 'n1:1',
      formation: {
        chainId: 'c',
        genesisHash: '00',
        peers: [{ id: 'n1', address: 'n1:1' }],
        bootstrap: true,
        isEmpty: this.isEmpty,
      },
      logStore,
      stableStore,
      snapshotStore,
      transport,
      fsm: { apply: () => [], snapshot: unexpected, restore: unexpected },
      clock: { now: () => 0, wakeAt: () => () => {} },
      random: { bytes: (length) => new Uint8Array(length).fill(1) },
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    }
    return new RaftDriver(options)
  }

  /** Answers everything that is asked, in order, until `name` was asked. */
  answerUntil(name?: string): void {
    const isThere = (): boolean => name !== undefined && this.asked.at(-1) === name
    while (this.#pending.length > 0 && !isThere()) this.#pending.shift()!()
  }
}

const outcome = (): { done: Done; results: (string | undefined)[] } => {
  const results: (string | undefined)[] = []
  return { results, done: (error) => results.push(error && ((error as { code?: string }).code ?? error.message)) }
}

test('a stop during the start closes what the start opened, and both are answered', () => {
  for (const moment of ['get identity', 'log.open', 'snapshots', 'transport.start']) {
    const world = new World()
    const driver = world.driver()
    const [start, stop, again] = [outcome(), outcome(), outcome()]
    driver.start(start.done)
    world.answerUntil(moment)
    driver.stop(stop.done)
    driver.stop(again.done)
    world.answerUntil()
    expect([moment, start.results, stop.results, again.results]).toEqual([
      moment,
      ['STOPPED'],
      [undefined],
      [undefined],
    ])
    expect(world.asked.filter((name) => name === 'log.open').length, moment).toBe(
      world.asked.filter((name) => name === 'log.close').length,
    )
    const wasStarted = world.asked.includes('transport.start')
    expect(world.asked.includes('transport.close'), moment).toBe(wasStarted)
  }
})

test('a stop while the founding is written leaves no running node behind', () => {
  const world = new World()
  const driver = world.driver()
  driver.start(outcome().done)
  world.answerUntil('set founding')
  const stop = outcome()
  driver.stop(stop.done)
  world.answerUntil()
  expect(stop.results).toEqual([undefined])
  expect(driver.state).toBeUndefined()
  expect(world.asked).not.toContain('log.append')
})

test.each([
  [
    'a founding record that is damaged',
    (world: World) => void (world.founding = Uint8Array.of(0xff)),
    'INVALID_RECORD',
  ],
  ['data of the node beside an empty directory', (world: World) => void (world.isEmpty = false), 'NOT_EMPTY'],
])('%s ends the start with a code and closes the log', (_name, spoil, code) => {
  const world = new World()
  spoil(world)
  const driver = world.driver()
  const start = outcome()
  driver.start(start.done)
  world.answerUntil()
  expect(start.results).toEqual([code])
  expect(world.asked.includes('log.open')).toBe(world.asked.includes('log.close'))
  const stop = outcome()
  driver.stop(stop.done)
  expect(stop.results).toEqual([undefined])
})

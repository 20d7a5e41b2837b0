import { Seeded } from 'raft-testkit'
import { expect, test } from 'vitest'
import { ratedClock } from '../../src/sim/clock.ts'
import { SimulatedDisk } from '../../src/sim/disk.ts'
import { World } from '../../src/sim/world.ts'

test('events happen by time, then in the order in which they were planned', () => {
  const world = new World()
  const happened: string[] = []
  const plan = (at: number, name: string): (() => void) => world.at(at, () => happened.push(`${name} at ${world.now}`))
  plan(5, 'late')
  plan(1, 'first')
  const cancel = plan(1, 'cancelled')
  plan(1, 'second')
  cancel()
  world.at(2, () => plan(0, 'in the past'))
  expect(world.run(4)).toBe(false)
  expect(happened).toEqual(['first at 1', 'second at 1', 'in the past at 2'])
  expect(world.now).toBe(4)
  world.run(10)
  expect(happened.at(-1)).toBe('late at 5')
})

test('time stops at the event after which a condition holds', () => {
  const world = new World()
  world.at(3, () => {})
  world.at(7, () => {})
  expect(world.run(10, () => world.now >= 3)).toBe(true)
  expect(world.now).toBe(3)
})

test('time that stands still is a failure, not a program that never ends', () => {
  const world = new World()
  const again = (): void => void world.after(0, again)
  again()
  expect(() => world.run(1)).toThrow('time stands still')
})

test('messages that beget messages without end are a failure as well', () => {
  const world = new World()
  const again = (): void => void world.after(0.0001, again)
  again()
  expect(() => world.run(1000)).toThrow('nobody comes to rest')
})

test('many events keep their order', () => {
  const world = new World()
  const random = new Seeded(5)
  const happened: number[] = []
  const planned = Array.from({ length: 2000 }, () => random.below(100))
  for (const at of planned) world.at(at, () => happened.push(world.now))
  world.run(100)
  expect(happened).toEqual(planned.toSorted((a, b) => a - b))
})

test('a seed gives the same numbers on every machine', () => {
  const random = new Seeded(42)
  expect(Array.from({ length: 4 }, () => random.uint32())).toMatchInlineSnapshot(`
    [
      1849552023,
      4223452576,
      118919111,
      3893884377,
    ]
  `)
  expect(Array.from({ length: 3 }, () => random.exponential(10))).toMatchInlineSnapshot(`
    [
      34.09655592178629,
      3.3857365259910015,
      0.4962350751462377,
    ]
  `)
  expect(new Seeded(2 ** 32 + 42).uint32()).not.toBe(new Seeded(42).uint32())
})

test('exponential times have their mean, and an end', () => {
  const random = new Seeded(1)
  const times = Array.from({ length: 50_000 }, () => random.exponential(10))
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length
  expect(mean).toBeGreaterThan(9)
  expect(mean).toBeLessThan(11)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...times)).toBeLessThan(230)
})

test.each([0.5, 0.7, 1, 1.4, 3])('a clock at %d times the speed wakes when it shows the time, never before', (rate) => {
  const world = new World()
  const clock = ratedClock(world, rate, (action) => action())
  const random = new Seeded(9)
  let woken = 0
  for (let i = 0; i < 500; i++) {
    const at = clock.now() + random.exponential(20)
    clock.wakeAt(at, () => {
      woken += 1
      expect(clock.now()).toBeGreaterThanOrEqual(at)
      expect(clock.now()).toBeLessThan(at + 1e-6)
    })
    world.run(random.exponential(5))
  }
  world.run(10_000)
  expect(woken).toBe(500)
})

test('a wake that a pause held back can still be cancelled', () => {
  const world = new World()
  const held: (() => void)[] = []
  const clock = ratedClock(world, 1, (action) => void held.push(action))
  let isWoken = false
  const cancel = clock.wakeAt(5, () => {
    isWoken = true
  })
  world.run(10)
  cancel()
  for (const action of held) action()
  expect(isWoken).toBe(false)
})

test('a crash keeps a prefix of what was on its way to the disk, and every prefix sometimes', () => {
  const kept = new Set<number>()
  for (let seed = 0; seed < 200; seed++) {
    const disk = new SimulatedDisk()
    for (let index = 1; index <= 3; index++) disk.pending.push({ kind: 'reset', position: { index, term: index } })
    expect(disk.crash(new Seeded(seed))).toHaveLength(disk.log.base.index)
    expect(disk.pending).toEqual([])
    kept.add(disk.log.base.index)
  }
  expect([...kept].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
})

import { simulateSeeds } from 'raft-testkit'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.restoreAllMocks())

/** Runs the command; gives its exit code and what it wrote. */
function run(...args: readonly string[]): { code: number; stdout: string; stderr: string } {
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text)
      return true
    })
  }
  const code = simulateSeeds(args)
  vi.restoreAllMocks()
  return { code, ...written }
}

test('seeds that hold end with one line of JSON and exit code 0', () => {
  const { code, stdout, stderr } = run('--seeds', '2', '--from', '5', '--ms', '500', '--scenario', 'elections')
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject({ seeds: 2, failures: [], faults: { sent: expect.any(Number) } })
})

test('a wrong command line is one sentence and exit code 2', () => {
  expect(run('--scenario', 'weather')).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^there is no scenario weather; there are swarm, reference, .*\n$/),
  })
  expect(run('--seeds', 'many')).toMatchObject({ code: 2, stderr: '--seeds is many; it must be a whole number\n' })
  expect(run('--speed')).toMatchObject({ code: 2, stderr: expect.stringContaining("Unknown option '--speed'") })
})

test('help names every scenario', () => {
  const { code, stdout } = run('--help')
  expect(code).toBe(0)
  expect(stdout).toMatch(/ membership +votes taken and given back/)
})

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { ProofError } from '../errors.ts'
import type { Mutant } from './mutant.ts'
import type { Scratch } from './scratch.ts'

/** Seeds that a mutant may live through at most. */
const seeds = 300

/** After this a process that hunts is ended; the mutant made it hang. */
const patienceMs = 120_000

/** How a hunt ended. */
export interface Hunted {
  /** What noticed the mutant, in a line; undefined when nothing did. */
  readonly killer: string | undefined
  readonly tookMs: number
}

/** Lets the mutant's killer look for it. */
export async function hunt(mutant: Mutant, scratch: Scratch, signal: AbortSignal): Promise<Hunted> {
  const cure = await scratch.infect(mutant)
  try {
    const began = performance.now()
    const { killedBy } = mutant
    const killer =
      'scenario' in killedBy
        ? await simulate(killedBy.scenario, scratch, signal)
        : await test([killedBy.test], scratch, signal)
    return { killer, tookMs: performance.now() - began }
  } finally {
    await cure()
  }
}

/**
 * Without a mutant nobody may find anything, or a kill would say nothing: the tests that hunt pass in the scratch build. That the
 * simulator finds nothing is shown by its own seeds.
 */
export async function requireHealthy(mutants: readonly Mutant[], scratch: Scratch, signal: AbortSignal): Promise<void> {
  const files = new Set(mutants.flatMap(({ killedBy }) => ('test' in killedBy ? [killedBy.test] : [])))
  if (files.size === 0) return
  const found = await test([...files], scratch, signal)
  if (found !== undefined) throw new ProofError('SET_UP_FAILED', `without any mutant a test fails: ${found}`)
}

async function simulate(scenario: string, { directory }: Scratch, signal: AbortSignal): Promise<string | undefined> {
  const program = join(directory, 'packages/raft-testkit/bin/sim.js')
  const args = [program, `--seeds=${seeds}`, `--scenario=${scenario}`, '--until-failure', '--plays=0']
  const { code, stdout } = await run(process.execPath, args, directory, signal)
  if (code === 0) return undefined
  if (code === 2) throw new ProofError('USAGE', `the simulator does not take ${args.slice(1).join(' ')}`)
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) || '{}') as {
    failures?: { seed: number; message: string }[]
  }
  const failure = summary.failures?.[0]
  return failure ? `seed ${failure.seed}: ${failure.message.split('\n')[0]}` : `the simulator ended with code ${code}`
}

async function test(
  files: readonly string[],
  { directory }: Scratch,
  signal: AbortSignal,
): Promise<string | undefined> {
  const vitest = join(directory, 'node_modules/vitest/vitest.mjs')
  const args = [
    vitest,
    'run',
    '--project=unit',
    '--reporter=json',
    '--bail=1',
    ...files.map((file) => `packages/${file}`),
  ]
  const { code, stdout } = await run(process.execPath, args, directory, signal)
  if (code === 0) return undefined
  return failedTest(stdout) ?? `${files.join(', ')} ended with code ${code}`
}

interface Report {
  readonly testResults?: readonly {
    readonly message?: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

function failedTest(stdout: string): string | undefined {
  const start = stdout.indexOf('{')
  if (start < 0) return undefined
  const report = JSON.parse(stdout.slice(start)) as Report
  const results = report.testResults?.flatMap(({ assertionResults }) => assertionResults) ?? []
  return results.find(({ status }) => status === 'failed')?.fullName
}

interface Ended {
  readonly code: number
  readonly stdout: string
}

/** Runs a program to its end, whatever that is. */
function run(program: string, args: readonly string[], cwd: string, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = { cwd, signal, timeout: patienceMs, killSignal: 'SIGKILL', maxBuffer: 64 * 2 ** 20 } as const
    execFile(program, [...args], options, (error, stdout) => {
      if (signal.aborted) reject(error ?? new Error('aborted'))
      else resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout })
    })
  })
}

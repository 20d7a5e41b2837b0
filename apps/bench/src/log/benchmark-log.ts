import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureFloor } from './floor.ts'
import { LogCluster } from './log-cluster.ts'

/**
 * `npm run bench -- log [--payload 256] [--in-flight 1,64,256,1024] [--seconds 5] [--rounds 3] [--directory .]`: three node processes on
 * loopback with real fsync; proposals are made inside the leader's process. Medians of the rounds; ends with one JSON line.
 */
export async function benchmarkLog(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      payload: { type: 'string', default: '256' },
      'in-flight': { type: 'string', default: '1,64,256,1024' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      directory: { type: 'string', default: '.' },
      json: { type: 'boolean', default: false },
    },
  })
  const directory = await mkdtemp(join(values.directory, '.bench-'))
  try {
    const floor = await measureFloor(directory, numbers(values.payload)[0] ?? 256)
    const runs: object[] = []
    for (const payloadBytes of numbers(values.payload)) {
      for (const inFlight of numbers(values['in-flight'])) {
        const run = await measure(
          directory,
          payloadBytes,
          inFlight,
          Number(values.seconds) * 1000,
          Number(values.rounds),
        )
        runs.push(run)
        process.stderr.write(`${JSON.stringify(run)}\n`)
      }
    }
    process.stdout.write(`${JSON.stringify({ runs, floor })}\n`)
    return 0
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function measure(
  directory: string,
  payloadBytes: number,
  inFlight: number,
  ms: number,
  rounds: number,
): Promise<object> {
  const home = await mkdtemp(join(directory, 'run-'))
  const cluster = await LogCluster.start({ directory: home })
  try {
    const leader = await cluster.leader()
    const results: Awaited<ReturnType<LogCluster['load']>>[] = []
    for (let round = 0; round < rounds; round++) {
      results.push(await cluster.load(leader, { payloadBytes, inFlight, ms, warmUpMs: ms / 5 }))
    }
    const middle = (value: (result: (typeof results)[number]) => number): number => {
      const sorted = results.map(value).sort((a, b) => a - b)
      return sorted[Math.floor(sorted.length / 2)] ?? 0
    }
    const perSecond = middle(({ entries, seconds }) => entries / seconds)
    return {
      system: 'ours',
      payload: payloadBytes,
      in_flight: inFlight,
      entries_per_s: Math.round(perSecond),
      mb_per_s: round2((perSecond * payloadBytes) / 1e6),
      p50_ms: round2(middle(({ p50Ms }) => p50Ms)),
      p99_ms: round2(middle(({ p99Ms }) => p99Ms)),
      max_ms: round2(middle(({ maxMs }) => maxMs)),
      leader_rss_mb: Math.round(middle(({ rssBytes }) => rssBytes) / 1e6),
      leader_cpu_s_per_10k: round2(middle(({ cpuSeconds, entries }) => (cpuSeconds / Math.max(1, entries)) * 10_000)),
    }
  } finally {
    await cluster.stop()
    await rm(home, { recursive: true, force: true })
  }
}

function numbers(list: string): number[] {
  return list.split(',').map(Number)
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}

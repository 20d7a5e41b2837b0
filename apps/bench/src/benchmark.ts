import { benchmarkLog } from './log/benchmark-log.ts'

const benchmarks: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = { log: benchmarkLog }

/** `npm run bench -- NAME [options]`. */
export async function benchmark(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  const run = benchmarks[name]
  if (run) return run(rest)
  process.stderr.write(`there is no benchmark "${name}"; there is: ${Object.keys(benchmarks).join(', ')}\n`)
  return 2
}

/**
 * `npm start`: from a fresh clone to a running program, with nothing but Node and npm.
 *
 * Says each step in one line with its seconds; what the tools print goes to .devnet/logs.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const logs = join(top, '.devnet', 'logs')
mkdirSync(logs, { recursive: true })
process.chdir(top)

step('install packages', 'npm', ['run', '--silent', 'bootstrap'], 'install.log')
step('build', 'npm', ['run', '--silent', 'build'], 'build.log')
run(['apps/aggregator/bin/aggregator.js', ...process.argv.slice(2)])

/** Runs a tool to its end; if it fails, shows the end of its log and leaves with exit code 1. */
function step(name, command, args, logName) {
  const began = performance.now()
  const file = join(logs, logName)
  const log = openSync(file, 'w')
  const result = spawnSync(command, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (result.status === 0) {
    console.log(`${name.padEnd(18)} ${seconds} s`)
    return
  }
  const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
  console.error(`${tail}\n${name} failed after ${seconds} s; the whole log is ${file}`)
  process.exit(1)
}

/**
 * Runs the program in the foreground. A terminal's Ctrl-C reaches the child by itself, and npm passes the signal on a second
 * time, so this process only waits and takes over the child's end.
 */
function run(args) {
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`could not start node: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

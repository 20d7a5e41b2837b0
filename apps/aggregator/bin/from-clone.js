/**
 * `npm start`: from a fresh clone to a running devnet, with nothing but Node and npm.
 *
 * Says each step in one line with its seconds; what the tools print goes to .devnet/logs. The devnet runs in this very
 * process, so that a signal has nobody to pass through.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const logs = join(top, '.devnet', 'logs')
const stamp = join(top, 'node_modules', '.from-clone')

process.chdir(top)
refuseOldNode()
mkdirSync(logs, { recursive: true })
await step('install packages', async () => {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === installed()) return
  await runTool(['run', '--silent', 'bootstrap'], 'install.log')
  writeFileSync(stamp, installed())
})
await step('build', () => runTool(['run', '--silent', 'build'], 'build.log'))
const { main } = await import('../dist/index.js')
process.exitCode = await main(['devnet', ...process.argv.slice(2)])

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Node ${process.versions.node} is too old for this program; install 20.19 or newer`)
  process.exit(1)
}

/** What is asked for and what is there: the manifests and the lock file, and the marks that pnpm leaves of its last run. */
function installed() {
  const members = ['packages', 'apps'].flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)))
  const asked = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    ...members.map((dir) => join(dir, 'package.json')),
  ]
  const there = ['node_modules/.modules.yaml', 'node_modules/.pnpm/lock.yaml']
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}`)
  for (const file of [...asked, ...there])
    hash.update(`\n${file}\n`).update(existsSync(file) ? readFileSync(file) : 'missing')
  for (const dir of members) hash.update(existsSync(join(dir, 'node_modules')) ? '+' : '-')
  return hash.digest('hex')
}

/** Does something and prints how long it took; on a terminal the seconds run. A failure ends the process with code 1. */
async function step(name, work) {
  const began = performance.now()
  const line = () => `${name.padEnd(18)} ${((performance.now() - began) / 1000).toFixed(1)} s`
  const ticking = process.stdout.isTTY ? setInterval(() => process.stdout.write(`\r${line()}`), 100) : undefined
  try {
    await work()
    process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}${line()}\n`)
  } catch (error) {
    console.error(`${process.stdout.isTTY ? '\n' : ''}${error.message}`)
    process.exit(1)
  } finally {
    clearInterval(ticking)
  }
}

/** Runs npm to its end. It has a process group of its own, so that a signal to us ends all of what it started. */
function runTool(args, logName) {
  const file = join(logs, logName)
  const log = openSync(file, 'w')
  const tool = spawn('npm', args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  })
  const stop = () => {
    if (tool.exitCode === null && tool.pid) process.kill(-tool.pid, 'SIGTERM')
    process.exit(130)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.once(signal, stop)
  return new Promise((resolve, reject) => {
    tool.on('error', (error) => reject(new Error(`npm cannot be started: ${error.message}`)))
    tool.on('exit', (code) => {
      for (const signal of signals) process.off(signal, stop)
      if (code === 0) return resolve()
      const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
      reject(new Error(`${tail}\nnpm ${args.join(' ')} failed; the whole log is ${file}`))
    })
  })
}

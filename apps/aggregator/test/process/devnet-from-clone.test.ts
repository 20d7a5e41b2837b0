import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../../bin/from-clone.js', import.meta.url))

let clone = ''
const started: ChildProcess[] = []

/** A clone in miniature: manifests, the script, a program that says its arguments, and an npm that notes what it is asked. */
beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'from-clone-'))
  const app = join(clone, 'apps', 'aggregator')
  for (const dir of ['apps/aggregator/bin', 'apps/aggregator/dist', 'packages', 'node_modules', 'tools']) {
    await mkdir(join(clone, dir), { recursive: true })
  }
  await copyFile(script, join(app, 'bin', 'from-clone.js'))
  await writeFile(join(app, 'package.json'), '{"type":"module"}')
  await writeFile(join(clone, 'pnpm-lock.yaml'), 'lock: 1\n')
  await writeFile(
    join(app, 'dist', 'index.js'),
    'export const main = async (args) => { console.log(`main ${args.join(" ")}`); return args.includes("--fail") ? 7 : 0 }\n',
  )
  await useNpm('echo "$*" >> "$CALLS"')
})

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  await rm(clone, { recursive: true, force: true })
})

async function useNpm(body: string): Promise<void> {
  const npm = join(clone, 'tools', 'npm')
  await writeFile(npm, `#!/bin/sh\n${body}\n`)
  await chmod(npm, 0o755)
}

function start(...args: readonly string[]): ChildProcess {
  const path = `${join(clone, 'tools')}${delimiter}${process.env['PATH']}`
  const child = spawn(process.execPath, [join(clone, 'apps/aggregator/bin/from-clone.js'), ...args], {
    stdio: 'pipe',
    env: { ...process.env, PATH: path, CALLS: join(clone, 'calls') },
  })
  started.push(child)
  return child
}

async function run(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = start(...args)
  let output = ''
  child.stdout!.on('data', (chunk) => (output += String(chunk)))
  child.stderr!.on('data', (chunk) => (output += String(chunk)))
  await once(child, 'close')
  return { code: child.exitCode, output }
}

async function calls(): Promise<readonly string[]> {
  const text = await readFile(join(clone, 'calls'), 'utf8')
  await rm(join(clone, 'calls'))
  return text.trimEnd().split('\n')
}

test('it installs, builds and runs the devnet with what it was given, saying how long each took', async () => {
  const { code, output } = await run('--tour', '--nodes', '5')
  expect(code).toBe(0)
  expect(output).toMatch(/^install packages +\d+\.\d s\nbuild +\d+\.\d s\nmain devnet --tour --nodes 5\n$/)
  expect(await calls()).toEqual(['run --silent bootstrap', 'run --silent build'])
})

test('a second start installs nothing, until the lock file, a manifest or what is installed changes', async () => {
  await run()
  await calls()
  await run()
  expect(await calls()).toEqual(['run --silent build'])
  await writeFile(join(clone, 'pnpm-lock.yaml'), 'lock: 2\n')
  await run()
  expect(await calls()).toHaveLength(2)
  await writeFile(join(clone, 'apps/aggregator/package.json'), '{"type":"module","version":"2.0.0"}')
  await run()
  expect(await calls()).toHaveLength(2)
  await rm(join(clone, 'node_modules'), { recursive: true })
  await mkdir(join(clone, 'node_modules'))
  await run()
  expect(await calls()).toHaveLength(2)
})

test('a step that fails shows the end of its log and where the rest is, and nothing is taken for installed', async () => {
  await useNpm('echo "ERR the registry does not answer"; exit 1')
  const { code, output } = await run()
  expect(code).toBe(1)
  expect(output).toContain('ERR the registry does not answer\nnpm run --silent bootstrap failed; the whole log is')
  expect(output).not.toContain('main')
  await useNpm('echo "$*" >> "$CALLS"')
  await run()
  expect(await calls()).toHaveLength(2)
})

test('the exit code is that of the devnet', async () => {
  expect((await run('--fail')).code).toBe(7)
})

test('a signal during a step ends what the step started', async () => {
  // It lives as long as something listens at the port that it writes down.
  const listen =
    'const s = net.createServer().listen(0, () => fs.writeFileSync(process.env.CALLS, `${s.address().port}`))'
  await useNpm(`node -e '${listen}' & wait`)
  const child = start()
  const port = Number(await until(() => readFile(join(clone, 'calls'), 'utf8').catch(() => '')))
  child.kill('SIGTERM')
  await once(child, 'close')
  expect(child.exitCode).toBe(130)
  await until(async () => !(await isListening(port)))
})

/** Asks until the answer is something; the test's own limit ends a wait for ever. */
async function until<T>(answer: () => Promise<T>): Promise<T> {
  for (;;) {
    const found = await answer()
    if (found) return found
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

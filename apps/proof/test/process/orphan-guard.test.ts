import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../src/wait.ts'

const guard = new URL('../../dist/cluster/orphan-guard.js', import.meta.url)

const script = `
  import { atOurDeath } from '${guard.href}'
  atOurDeath('touch "$GUARD_FILE"')
  console.log('guarded')
  setInterval(() => {}, 1000)`

test('what is to be done at our death is done, also when we are killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'proof-guard-'))
  const file = join(directory, 'done')
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, GUARD_FILE: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(existsSync(file)).toBe(false)
  child.kill('SIGKILL')
  await until('the command ran', () => existsSync(file))
  rmSync(directory, { recursive: true })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { program } from '../support/cluster.ts'

let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'devnet-tour-'))
})

afterEach(() => rm(home, { recursive: true, force: true }))

test('the tour of the real program passes', async () => {
  const tour = spawn(process.execPath, [program, 'devnet', '--tour', '--base-port', '0', '--home', home], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  tour.stdout.on('data', (chunk) => (output += String(chunk)))
  tour.stderr.on('data', (chunk) => (output += String(chunk)))
  await once(tour, 'close')
  expect(output).toContain('the tour passed')
  expect(output).toMatch(/node-\d fetches blocks \d+ to \d+ \[#+\] 100 %/)
  expect(output).toMatch(/doubles 0\n/)
  expect(tour.exitCode, output).toBe(0)
})

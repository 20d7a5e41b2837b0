import { closeSync, existsSync, readFileSync, writeSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastLogLine, openLog } from '../../../src/devnet/process/node-log.ts'

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'devnet-log-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

test('a log is appended to, and a large one begins anew with the earlier kept', () => {
  const path = join(directory, 'logs', 'node-0.log')
  for (const text of ['first run\n', 'second run\n', 'third run\n']) {
    const log = openLog(path, 15)
    writeSync(log, text)
    closeSync(log)
  }
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('first run\nsecond run\n')
  expect(readFileSync(path, 'utf8')).toBe('third run\n')
})

test('the last line that says something is found, without colours', async () => {
  const path = join(directory, 'node-0.log')
  expect(lastLogLine(path)).toBe('')
  await writeFile(path, `${'x'.repeat(20_000)}\n\u001b[31mERROR\u001b[39m: the disk\tis full\n\n  \n`)
  expect(lastLogLine(path)).toBe('ERROR: the disk is full')
  expect(existsSync(`${path}.1`)).toBe(false)
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readFileIfPresent } from '../../src/config/index.ts'

const directory = mkdtempSync(join(tmpdir(), 'aggregator-config-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('a file is read, a missing one is not an error, a directory in its place is', () => {
  writeFileSync(join(directory, 'config.toml'), 'a = 1')
  expect(readFileIfPresent(join(directory, 'config.toml'))).toBe('a = 1')
  expect(readFileIfPresent(join(directory, 'evnode.yaml'))).toBeUndefined()
  expect(() => readFileIfPresent(directory)).toThrow(/EISDIR/)
})

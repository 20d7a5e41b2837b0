import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { configFlagsHelp, renderKeyTable } from '../../src/config/index.ts'
import { allKeys } from '../../src/config/keys/all-keys.ts'

test('help names every flag but the hidden ones, in lines that fit', () => {
  const help = configFlagsHelp()
  for (const spec of allKeys) expect(new RegExp(`\\b${spec.key}\\b`).test(help)).toBe(spec.hidden !== true)
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThan(110)
})

test('the documentation has the table of the keys as they are; -u writes it anew', async () => {
  const path = fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url))
  const page = readFileSync(path, 'utf8')
  const [before = '', rest = ''] = page.split('<!-- keys: generated -->\n')
  const after = rest.split('<!-- /keys -->')[1] ?? ''
  expect(after).not.toBe('')
  const current = `${before}<!-- keys: generated -->\n\n${renderKeyTable()}\n<!-- /keys -->${after}`
  await expect(current).toMatchFileSnapshot(path)
})

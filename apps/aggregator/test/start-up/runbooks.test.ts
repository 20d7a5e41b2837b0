import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RaftError } from 'raft-core'
import { expect, test } from 'vitest'
import { runbookOf, runbookPath, runbooks } from '../../src/start-up/runbooks.ts'

const top = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (path: string): string => readFileSync(`${top}${path}`, 'utf8')

test.each(runbooks)('the page %s is there, is in the index, and says everything a page says', (runbook) => {
  const page = read(runbookPath(runbook))
  for (const heading of ['What you see', 'What it means', 'What to check', 'What to do', 'What never to do'])
    expect(page).toContain(`\n## ${heading}\n`)
  expect(read('docs/runbooks/README.md')).toContain(`(${runbook}.md)`)
})

test('no page lies there that nothing leads to', () => {
  const pages = readdirSync(`${top}docs/runbooks`).filter((name) => name !== 'README.md')
  expect(pages.sort()).toEqual(runbooks.map((runbook) => `${runbook}.md`).sort())
})

test('links in the pages lead somewhere', () => {
  for (const name of readdirSync(`${top}docs/runbooks`)) {
    const links = [...read(`docs/runbooks/${name}`).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link!)
    for (const link of links) expect(existsSync(`${top}docs/runbooks/${link}`), `${name}: ${link}`).toBe(true)
  }
})

test('the page of an error is that of its code, or of what caused it', () => {
  const locked = Object.assign(new Error('held'), { code: 'DIRECTORY_LOCKED' })
  expect(runbookOf(locked)).toBe('in-use')
  expect(runbookOf(new RaftError('STORAGE_FAILED', 'opening the log failed', { cause: locked }))).toBe('in-use')
  expect(runbookOf(new RaftError('STORAGE_FAILED', 'writing failed'))).toBe('damaged-data')
  expect(runbookOf(new RaftError('FSM_FAILED', 'restoring failed', { cause: new Error('cut off') }))).toBe(
    'damaged-data',
  )
  expect(runbookOf(new RaftError('NOT_EMPTY', 'no record'))).toBe('raft-directory-lost')
  expect(runbookOf(new Error('anything'))).toBeUndefined()
  expect(runbookOf('text')).toBeUndefined()
})

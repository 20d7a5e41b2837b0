import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MemoryHub } from 'raft-testkit'
import { expect, test } from 'vitest'
import { leadershipChangeCauses } from '../../src/observe/metrics/leadership-changes.ts'
import { Member } from './support/member.ts'
import { parseSamples } from './support/samples.ts'

const page = readFileSync(fileURLToPath(new URL('../../../../docs/metrics.md', import.meta.url)), 'utf8')

/** The rows of the table of all metrics: name, type, labels, unit, meaning. */
function documented(): readonly (readonly string[])[] {
  const table = page.slice(page.indexOf('## Every metric'))
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', ''))
      .slice(1, 6),
  )
}

test('the page and the node name the same metrics, with the same types and labels', async () => {
  const member = new Member(new MemoryHub(), 'a', ['a', 'b'])
  const declared = member.metrics.declared()
  const exposed = parseSamples(await member.metrics.text()).types
  await member.close()
  const ours = declared.map(({ name, type, labels }) => `${name} ${type} ${labels.join(', ')}`)
  const theirs = documented().map(([name, type, labels]) => `${name} ${type} ${labels}`)
  expect(theirs.toSorted()).toEqual(ours.toSorted())
  expect([...exposed.keys()].toSorted()).toEqual(declared.map(({ name }) => name).toSorted())
})

test('every row says what the metric means', () => {
  for (const [name, , , , meaning] of documented()) expect(meaning, name).not.toBe('')
})

test('names follow the conventions: counters end in _total, times in _seconds, sizes in _bytes', async () => {
  const member = new Member(new MemoryHub(), 'a', ['a'])
  const declared = member.metrics.declared()
  await member.close()
  for (const { name, type } of declared) {
    expect(name.endsWith('_total'), name).toBe(type === 'counter')
    expect(name, name).not.toMatch(/_(ms|milliseconds|mb|kb)\b/)
  }
})

test('every cause of a change of leadership is explained', () => {
  for (const cause of leadershipChangeCauses) expect(page).toContain(`| \`${cause}\` |`)
})

test('every alert rule uses metrics that there are', () => {
  const rules = page.slice(page.indexOf('## Alert rules'), page.indexOf('## Why leadership changed'))
  const known = new Set([...documented().map(([name]) => name), 'up'])
  const expressions = rules
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(/(?<!\\)\|/)[2] ?? '')
  const used = expressions.flatMap((text) => text.match(/\b(aggregator|raft|p2p|evnode)_\w+/g) ?? [])
  expect(used.length).toBeGreaterThan(15)
  for (const name of used) expect(known, name).toContain(name.replace(/_bucket$/, ''))
})

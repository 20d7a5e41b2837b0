import { expect, test } from 'vitest'
import { findingLine, splitConfigArgs } from '../../src/config/index.ts'
import { allKeys } from '../../src/config/keys/all-keys.ts'
import { load, type World } from './load.ts'

/** A seeded generator (mulberry32), so that a failure can be repeated. */
function seeded(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

/** Broken characters, the syntax of both files, values in the wrong place, and names that objects have anyway. */
const fragments = String.raw`
  " ' \ # = : , . - -- @ / [ ] { } [[ ]] &a *a << !!js | > % --- ? ~ null true false
  0 -1 1e400 0x1F 1979-05-27 NaN 99999999999999999999 1s 5GiB :: [::1]:5 h:1
  a@h:1 /ip4/1.2.3.4/tcp/1 __proto__ constructor toString rollkit evnode raft node`
  .split(/\s+/)
  .concat(' ', '\n', '\t', '\0', '\u2028', '\ud800', '\u202e')

function garbage(random: (limit: number) => number): string {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
  const word = (): string => (random(3) === 0 ? pick(allKeys).key : pick(fragments))
  return Array.from({ length: random(12) }, word).join(random(4) === 0 ? '\n' : '')
}

function world(random: (limit: number) => number): World {
  const flag = (): string => `${['', '--', '--evnode.', '--rollkit.'][random(4)]!}${garbage(random)}`
  const key = (): string => allKeys[random(allKeys.length)]!.key
  const half = (text: string): string => (random(2) === 0 ? text : '')
  return {
    args: [...Array.from({ length: random(5) }, flag), `--${key()}=${garbage(random)}`, `--${key()}`],
    env: { [`AGGREGATOR_${key().toUpperCase().replaceAll('.', '_')}`]: garbage(random), AGGREGATOR_X: garbage(random) },
    toml: `${key()} = ${half('"')}${garbage(random)}${half('"')}\n${garbage(random)}`,
    yaml: `${half('raft:\n  ')}${garbage(random)}: ${garbage(random)}\n${garbage(random)}`,
    purpose: random(2) === 0 ? 'start' : 'other',
  }
}

test('whatever is written, the answer is a configuration or errors of one line each', () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const made = world(seeded(seed))
    const result = load(made)
    const lines = (result.ok ? [...result.warnings, ...result.notes] : result.errors).map(findingLine)
    expect(result.ok || lines.length > 0, `seed ${seed}`).toBe(true)
    for (const line of lines) expect(line, `seed ${seed}`).toMatch(/^[^\p{Cc}\u2028\u2029\u202e]{0,600}$/u)
  }
})

test('splitting loses no word', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { args = [] } = world(seeded(seed))
    const { config, rest } = splitConfigArgs(args)
    expect([...config, ...rest].sort(), `seed ${seed}`).toEqual([...args].sort())
  }
})

test.each([
  ['deeply nested TOML', { toml: `a = ${'['.repeat(100_000)}` }],
  ['deeply nested tables', { toml: `${'a.'.repeat(50_000)}a = 1` }],
  ['deeply nested YAML', { yaml: '['.repeat(100_000) }],
  ['deeply nested YAML maps', { yaml: '{a: '.repeat(20_000) }],
  ['a bomb of aliases', { yaml: 'a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]' }],
  ['a map in itself', { yaml: 'raft: &r\n  peers: *r' }],
])('%s is refused like any other mistake', (_name, made) => {
  expect(load(made).ok).toBe(false)
})

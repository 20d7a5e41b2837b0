import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readOptions } from '../src/command/options.ts'
import { commandsOf, readme, snippets, top } from './support/readme.ts'

test('every snippet of the README is of a kind that a test runs', () => {
  const kinds = snippets.map(({ language, text }) => `${language} ${commandsOf(text)[0]?.slice(0, 2).join(' ')}`)
  expect(kinds).toEqual([
    'sh npm start',
    'sh curl -X',
    'sh curl 127.0.0.1:7332/raft/node',
    'ts import {',
    'sh aggregator init',
    'sh aggregator start',
    ' POST /tx',
  ])
})

test('the TypeScript of the README is the example that is run', () => {
  const [example] = snippets.filter(({ language }) => language === 'ts')
  expect(example?.text).toBe(readFileSync(`${top}docs/examples/kill-the-leader.ts`, 'utf8'))
})

test('every npm command that the README names exists, with these arguments', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(`${top}package.json`, 'utf8'))
  const named = [...readme.matchAll(/npm (?:run )?([a-z]+)( -- [^`\n|]+)?/g)]
  expect(named.map(([, script]) => script)).toEqual(
    expect.arrayContaining(['start', 'test', 'stories', 'bench', 'sim']),
  )
  for (const [, script = '', args = ''] of named) {
    expect(Object.keys(scripts)).toContain(script)
    if (script === 'stories') expect(readOptions(args.replace(' -- ', '').trim().split(' '))).toBeTypeOf('object')
  }
})

test('every page and picture that the README points to is there', () => {
  const targets = [...readme.matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) => target)
  const local = targets.filter((target) => !target.startsWith('http'))
  expect(local.length).toBeGreaterThan(10)
  expect(local.filter((target) => !existsSync(`${top}${target}`))).toEqual([])
})

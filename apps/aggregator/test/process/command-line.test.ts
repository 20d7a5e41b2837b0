import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { run } from '../support/cluster.ts'

const made: string[] = []

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function newHome(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aggregator-home-'))
  made.push(directory)
  return join(directory, 'home')
}

test('init makes a home for its owner only, and never overwrites it', async () => {
  const home = newHome()
  expect((await run('init', '--home', home, '--chain_id', 'mine')).stdout).toMatch(
    new RegExp(`^home=${home}\npeer_id=12D3KooW\\w+\n$`),
  )
  const file = (name: string): string => join(home, 'config', name)
  for (const name of ['signer.json', 'passphrase', 'node_key.json'])
    expect(statSync(file(name)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file('genesis.json'), 'utf8'))).toMatchObject({ chain_id: 'mine', initial_height: 1 })
  const again = await run('init', '--home', home)
  expect([again.code, again.stdout]).toEqual([1, ''])
  expect(again.stderr).toContain('overwrites nothing')
})

test('init --from joins the same chain with a node key of its own', async () => {
  const [first, second] = [newHome(), newHome()]
  await run('init', '--home', first)
  expect((await run('init', '--home', second, '--from', first)).code).toBe(0)
  const read = (home: string, name: string): string => readFileSync(join(home, 'config', name), 'utf8')
  for (const name of ['genesis.json', 'signer.json', 'passphrase']) expect(read(second, name)).toBe(read(first, name))
  expect(read(second, 'node_key.json')).not.toBe(read(first, 'node_key.json'))
})

test('status of a node that does not run says so', async () => {
  const result = await run('status', '--home', newHome(), '--rpc.address=127.0.0.1:1')
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('no node answers')
})

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { selfOf, TestNode } from '../support/node.ts'

const listener = fileURLToPath(new URL('./listener.js', import.meta.url))
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

/** A process that is node `b` and dials `peer`. */
async function spawnB(peer: string, port = 0, bootCounter = 1): Promise<{ child: ChildProcess; port: number }> {
  const parameters = [listener, String(port), String(bootCounter), peer]
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, port: Number(line) }
}

test('kill -9 of a peer is noticed by its closed connection, then it is refused, then it is back', async () => {
  const a = await TestNode.open('a')
  const { child, port } = await spawnB(a.address)
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${port}` })
  await a.up('b')
  child.kill('SIGKILL')
  await a.down('b', 'refused')
  expect(a.reasons('b').slice(0, 2)).toEqual(['closed', 'refused'])
  await spawnB(a.address, port, 2)
  await a.up('b', 2)
})

test('a stopped process is closed, then unreachable, never refused, and found again when it goes on', async () => {
  const a = await TestNode.open('a', {}, { limits: { pingMs: 100, helloTimeoutMs: 300 } })
  const { child, port } = await spawnB(a.address)
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${port}` })
  await a.up('b')
  child.kill('SIGSTOP')
  await a.down('b', 'closed')
  await a.down('b', 'unreachable')
  child.kill('SIGCONT')
  await a.up('b', 2)
  expect(new Set(a.reasons('b'))).toEqual(new Set(['closed', 'unreachable']))
})

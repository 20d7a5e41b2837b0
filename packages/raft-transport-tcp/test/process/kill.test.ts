import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { selfOf, TestNode } from '../support/node.ts'

const listener = fileURLToPath(new URL('./listener.js', import.meta.url))

test('kill -9 of a peer is noticed by its closed connection, and then it is refused', async () => {
  const child = spawn(process.execPath, [listener], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
  const a = await TestNode.open('a')
  a.dial({ self: selfOf('b'), address: `127.0.0.1:${port}` })
  await a.up('b')
  child.kill('SIGKILL')
  await a.down('b', 'closed')
  await a.down('b', 'refused')
  const reasons = a.happened.flatMap((happening) => (happening.kind === 'down' ? [happening.reason] : []))
  expect(reasons.slice(0, 2)).toEqual(['closed', 'refused'])
})

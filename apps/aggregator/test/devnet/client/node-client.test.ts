import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { httpClient } from '../../../src/devnet/client/http.ts'
import { type NodeClient, nodeClient } from '../../../src/devnet/client/node-client.ts'
import { blockOf, statusOf } from '../support/documents.ts'

const servers: Server[] = []
const closing = new AbortController()

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
})

async function nodeThat(answers: RequestListener): Promise<{ client: NodeClient; server: Server }> {
  const server = createServer(answers)
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return { client: nodeClient(httpClient(port, closing.signal)), server }
}

test('status and block are read as they are', async () => {
  const { client } = await nodeThat(({ url }, response) => {
    if (url === '/status') response.end(JSON.stringify(statusOf({ height: 4 })))
    else if (url === '/blocks/4') response.end(JSON.stringify(blockOf(4)))
    else response.writeHead(404).end(JSON.stringify({ code: 'NOT_FOUND', message: 'nothing', hint: '' }))
  })
  expect(await client.status()).toEqual(statusOf({ height: 4 }))
  expect(await client.block(4)).toEqual(blockOf(4))
  expect(await client.block(5)).toBeUndefined()
})

test.each([
  [202, { kind: 'acknowledged' }],
  [503, { kind: 'refused', why: 'the reason', isElsewhere: true }],
  [400, { kind: 'refused', why: 'the reason', isElsewhere: false }],
  // It may have been written before something else went wrong.
  [500, { kind: 'unknown', why: 'the reason' }],
])('an answer %i to a transaction is taken for what it says', async (status, submission) => {
  const { client } = await nodeThat((_request, response) => {
    response.writeHead(status).end(JSON.stringify({ code: 'C', message: 'the reason', hint: 'h' }))
  })
  expect(await client.submit('a=1')).toEqual(submission)
})

test('a connection that breaks after the request was sent leaves the outcome unknown', async () => {
  const { client } = await nodeThat((request) => request.socket.destroy())
  expect(await client.submit('a=1')).toMatchObject({ kind: 'unknown' })
})

test('a node that is not there refuses clearly', async () => {
  const { client, server } = await nodeThat((_request, response) => response.end())
  await new Promise((resolve) => {
    server.close(resolve)
  })
  servers.pop()
  expect(await client.submit('a=1')).toMatchObject({ kind: 'refused', isElsewhere: true })
})

test('an answer that is not of a node is not believed', async () => {
  const { client } = await nodeThat((_request, response) => response.end('{"role":"leader"}'))
  await expect(client.status()).rejects.toThrow(/not that of a node/)
})

test('an answer without end is cut off', async () => {
  const { client } = await nodeThat((_request, response) => {
    const chunk = Buffer.alloc(1 << 16, 'x')
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', more)
    }
    more()
  })
  await expect(client.status()).rejects.toThrow(/bytes came/)
})

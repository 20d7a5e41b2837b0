import { HttpError } from './http-error.ts'
import type { NodeView } from './node-view.ts'
import type { Route, RpcRequest, RpcResponse } from './router.ts'

/** The HTTP surface of a node. `page` is the static status page. */
export function routesOf(node: NodeView, page: string): readonly Route[] {
  return [
    { method: 'GET', pattern: '/', handle: () => ({ status: 200, body: page, type: 'text/html; charset=utf-8' }) },
    { method: 'GET', pattern: '/health/live', handle: () => health(node.whyNotAlive()) },
    { method: 'GET', pattern: '/health/ready', handle: () => health(node.whyNotReady(), 'READY') },
    { method: 'GET', pattern: '/raft/node', handle: () => ok(node.raftNode()) },
    { method: 'GET', pattern: '/status', handle: () => ok(node.status()) },
    { method: 'GET', pattern: '/blocks/:height', handle: (request) => block(node, request) },
    { method: 'POST', pattern: '/tx', handle: (request) => submit(node, request) },
    { method: 'GET', pattern: '/tx/:hash', handle: (request) => transaction(node, request) },
    { method: 'GET', pattern: '/kv', handle: (request) => readKey(node, request) },
  ]
}

function ok(body: object): RpcResponse {
  return { status: 200, body }
}

/** ev-node's plain text: a word when all is well, the reason with 503 when not. */
function health(problem: string | undefined, word = 'OK'): RpcResponse {
  return problem === undefined
    ? { status: 200, body: `${word}\n` }
    : { status: 503, body: `${word === 'OK' ? 'FAIL' : `UN${word}`}: ${problem}\n` }
}

async function block(node: NodeView, { path, signal }: RpcRequest): Promise<RpcResponse> {
  const { height = '' } = path
  if (height !== 'latest' && !/^\d{1,15}$/.test(height)) {
    throw new HttpError(400, 'BAD_HEIGHT', `"${height}" is no height`, 'ask for a number, or for latest')
  }
  const found = await node.block(height === 'latest' ? height : Number(height), signal)
  if (found) return ok(found)
  throw new HttpError(404, 'NO_SUCH_BLOCK', `block ${height} is not here`, 'see height and backfill in /status')
}

async function submit(node: NodeView, { body, query, headers, signal }: RpcRequest): Promise<RpcResponse> {
  const wait = query.get('wait')
  if (wait !== null && wait !== 'commit') {
    throw new HttpError(400, 'BAD_WAIT', `cannot wait for "${wait}"`, 'use wait=commit, or leave it out')
  }
  const key = headers['idempotency-key']
  const idempotencyKey = Array.isArray(key) ? key[0] : key
  const answer = await node.submit({ bytes: body, idempotencyKey, waitForCommit: wait === 'commit' }, signal)
  return { status: wait === 'commit' ? 200 : 202, body: answer }
}

async function transaction(node: NodeView, { path, signal }: RpcRequest): Promise<RpcResponse> {
  const { hash = '' } = path
  if (!/^[0-9a-fA-F]{64}$/.test(hash)) {
    throw new HttpError(400, 'BAD_HASH', 'a transaction hash has 64 hex digits', 'use the hash that POST /tx answered')
  }
  const found = await node.transaction(Buffer.from(hash, 'hex'), signal)
  if (found) return ok(found)
  throw new HttpError(404, 'NO_SUCH_TRANSACTION', 'no such transaction is known here', 'ask the node that took it')
}

async function readKey(node: NodeView, { query, signal }: RpcRequest): Promise<RpcResponse> {
  const key = query.get('key')
  if (key === null || key === '') throw new HttpError(400, 'NO_KEY', 'no key is given', 'use /kv?key=NAME')
  const value = await node.readKey(key, signal)
  if (value) return { status: 200, body: Buffer.from(value).toString('utf8') }
  throw new HttpError(404, 'NO_SUCH_KEY', `the state has no key ${key}`, 'post a transaction key=value first')
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../observe/logger.ts'
import { HttpError } from './http-error.ts'
import { findRoute, type Route, type RpcResponse } from './router.ts'

/** Bounds of what clients can make the server hold. */
export interface RpcLimits {
  /** Body of one request. */
  readonly bodyBytes: number
  readonly connections: number
}

export interface RpcServerOptions {
  readonly host: string
  /** 0 lets the system pick one. */
  readonly port: number
  readonly routes: readonly Route[]
  readonly limits: RpcLimits
  readonly logger: Logger
}

/** The HTTP server of a node. */
export interface RpcServer {
  readonly port: number
  /** Stops accepting, aborts what waits, and resolves when all connections are gone. */
  close(): Promise<void>
}

/** Starts to listen. Rejects with the system's error (`EADDRINUSE`, `EACCES`, …). */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const closing = new AbortController()
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answer(options, closing.signal, request, response).catch((error: unknown) => {
      options.logger.error({ error }, 'an HTTP answer could not be written')
      response.destroy()
    })
  })
  server.maxConnections = options.limits.connections
  await listen(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        closing.abort(new HttpError(503, 'STOPPING', 'the node is stopping', 'ask another node'))
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeIdleConnections()
      }),
  }
}

async function answer(
  options: RpcServerOptions,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort(new HttpError(499, 'CLIENT_GONE', 'the client went away', 'nothing to do')))
  const signal = AbortSignal.any([gone.signal, closing])
  let result: RpcResponse
  try {
    const url = new URL(request.url ?? '/', 'http://node')
    const { route, path } = findRoute(options.routes, request.method ?? 'GET', url.pathname)
    const body = await readBody(request, options.limits.bodyBytes)
    result = await route.handle({ path, query: url.searchParams, headers: request.headers, body, signal })
  } catch (error) {
    result = failure(error, options.logger)
  }
  const isText = typeof result.body === 'string'
  const text = typeof result.body === 'string' ? result.body : `${JSON.stringify(result.body)}\n`
  response.writeHead(result.status, {
    'content-type': result.type ?? (isText ? 'text/plain; charset=utf-8' : 'application/json'),
    'cache-control': 'no-store',
    ...(closing.aborted && { connection: 'close' }),
  })
  response.end(text)
}

async function readBody(request: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limitBytes)
      throw new HttpError(413, 'BODY_TOO_LARGE', `a body holds at most ${limitBytes} bytes`, 'send less')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function failure(error: unknown, logger: Logger): RpcResponse {
  if (error instanceof HttpError) {
    const { status, code, message, hint } = error
    return { status, body: { code, message, hint } }
  }
  logger.error({ error }, 'an HTTP request failed')
  const message = error instanceof Error ? error.message : String(error)
  return { status: 500, body: { code: 'INTERNAL', message, hint: 'look at the log of the node' } }
}

function listen(server: Server, { host, port }: RpcServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

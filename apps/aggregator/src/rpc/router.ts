import type { IncomingMessage } from 'node:http'
import { HttpError } from './http-error.ts'

/** A request as a handler sees it. */
export interface RpcRequest {
  /** What `:name` parts of the path matched, decoded. */
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Uint8Array
  /** Aborts when the client goes away or the server closes. */
  readonly signal: AbortSignal
}

/** An answer: JSON unless `type` says otherwise. */
export interface RpcResponse {
  readonly status: number
  readonly body: string | object
  readonly type?: string
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** e.g. `/blocks/:height`. */
  readonly pattern: string
  handle(request: RpcRequest): Promise<RpcResponse> | RpcResponse
}

/** Finds the route of a request; 404 and 405 say what there is. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { readonly route: Route; readonly path: Readonly<Record<string, string>> } {
  const candidates = routes.flatMap((route) => {
    const path = match(route.pattern, pathname)
    return path ? [{ route, path }] : []
  })
  const found = candidates.find(({ route }) => route.method === method)
  if (found) return found
  if (candidates.length > 0) {
    const methods = candidates.map(({ route }) => route.method).join(', ')
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', `${method} is not possible here`, `use ${methods}`)
  }
  throw new HttpError(
    404,
    'NOT_FOUND',
    `there is nothing at ${pathname}`,
    `try ${routes.map(({ pattern }) => pattern).join(', ')}`,
  )
}

function match(pattern: string, pathname: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = pathname.split('/')
  if (wanted.length !== given.length) return undefined
  const path: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    const value = given[i]!
    if (part.startsWith(':')) path[part.slice(1)] = decode(value)
    else if (part !== value) return undefined
  }
  return path
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch (cause) {
    throw new HttpError(400, 'BAD_PATH', 'the path holds a broken % sequence', 'encode it as a URL', { cause })
  }
}

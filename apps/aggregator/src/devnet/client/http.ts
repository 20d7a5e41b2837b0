import { Agent, request } from 'node:http'

/** An answer of an HTTP server, read whole. */
export interface HttpAnswer {
  readonly status: number
  readonly text: string
}

/** No answer came. `isUnsent` when the server cannot have seen the request, so that sending it elsewhere is safe. */
export class NoAnswerError extends Error {
  readonly isUnsent: boolean

  constructor(message: string, isUnsent: boolean, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NoAnswerError'
    this.isUnsent = isUnsent
  }
}

export interface HttpLimits {
  readonly timeoutMs: number
  readonly answerBytes: number
}

/** Sends requests to one server on this host, over connections that stay open. */
export interface HttpClient {
  /** Rejects with `NoAnswerError`: refused, lost, too slow, too long, or the client was closed. */
  send(method: 'GET' | 'POST', path: string, body: string | undefined, limits: HttpLimits): Promise<HttpAnswer>
}

/** A client of `127.0.0.1:port`; aborting `signal` ends everything under way. */
export function httpClient(port: number, signal: AbortSignal): HttpClient {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 2 })
  signal.addEventListener('abort', () => agent.destroy(), { once: true })
  return {
    send: (method, path, body, limits) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new NoAnswerError('closed', true))
        const outgoing = request({ host: '127.0.0.1', port, path, method, agent }, (incoming) => {
          const chunks: Buffer[] = []
          let bytes = 0
          incoming.on('data', (chunk: Buffer) => {
            bytes += chunk.length
            if (bytes > limits.answerBytes) outgoing.destroy(new Error(`more than ${limits.answerBytes} bytes came`))
            else chunks.push(chunk)
          })
          incoming.on('error', fail)
          incoming.on('end', () => {
            clearTimeout(timer)
            resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') })
          })
        })
        const timer = setTimeout(() => outgoing.destroy(new Error('no answer in time')), limits.timeoutMs)
        const fail = (error: NodeJS.ErrnoException): void => {
          clearTimeout(timer)
          reject(new NoAnswerError(error.code ?? error.message, error.code === 'ECONNREFUSED', { cause: error }))
        }
        outgoing.on('error', fail)
        outgoing.end(body)
      }),
  }
}

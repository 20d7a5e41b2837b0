import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { BlockDocument, RaftNodeDocument, StatusDocument, TransactionDocument } from 'aggregator'

/** What became of a transaction that was posted. */
export type Posted =
  /** 202: durable at that node, which now owes it an outcome. */
  | { readonly kind: 'acknowledged'; readonly hash: string }
  /** 503, or nobody listens: that node does not take it now. It did not keep it. */
  | { readonly kind: 'refused'; readonly why: string }
  /** No answer, or one that promises nothing: it may have been taken. */
  | { readonly kind: 'unknown'; readonly why: string }

/** A node as an outsider sees it. A node that does not answer, or not with 200, shows nothing: undefined. */
export interface NodeClient {
  status(): Promise<StatusDocument | undefined>
  raftNode(): Promise<RaftNodeDocument | undefined>
  block(height: number | 'latest'): Promise<BlockDocument | undefined>
  transaction(hash: string): Promise<TransactionDocument | undefined>
  value(key: string): Promise<string | undefined>
  /** A metric, summed over its labels; 0 when it has no sample yet. */
  metric(name: string): Promise<number | undefined>
  /** Posts once. Never rejects. `limitMs`: how long the answer may take. */
  post(transaction: string, limitMs?: number): Promise<Posted>
}

/** A node that takes longer than this shows nothing. */
const answerMs = 3000

/** `base` is the node's HTTP surface, `metrics` where it shows its metrics. */
export function nodeClient(base: string, metrics: string): NodeClient {
  const text = async (path: string, from = base): Promise<string | undefined> => {
    try {
      const answer = await fetch(from + path, { signal: AbortSignal.timeout(answerMs) })
      const body = await answer.text()
      return answer.status === 200 ? body : undefined
    } catch {
      return undefined // Down, not up yet, or stopped: stories look again.
    }
  }
  const json = async <Document>(path: string): Promise<Document | undefined> => {
    const body = await text(path)
    return body === undefined ? undefined : (JSON.parse(body) as Document)
  }
  return {
    status: () => json('/status'),
    raftNode: () => json('/raft/node'),
    block: (height) => json(`/blocks/${height}`),
    transaction: (hash) => json(`/tx/${hash}`),
    value: (key) => text(`/kv?key=${encodeURIComponent(key)}`),
    metric: async (name) => {
      const samples = await text('/metrics', metrics)
      return samples === undefined ? undefined : sumOf(name, samples)
    },
    post: (transaction, limitMs = 30_000) => post(base, transaction, limitMs),
  }
}

async function post(base: string, transaction: string, limitMs: number): Promise<Posted> {
  try {
    const { status, text } = await send(`${base}/tx`, transaction, limitMs)
    const body = JSON.parse(text) as { readonly hash?: string; readonly message?: string }
    if (status === 202 && body.hash !== undefined) return { kind: 'acknowledged', hash: body.hash }
    const why = `${status} ${body.message ?? ''}`
    return status === 503 ? { kind: 'refused', why } : { kind: 'unknown', why }
  } catch (error) {
    const isUnsent = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
    return { kind: isUnsent ? 'refused' : 'unknown', why: String(error) }
  }
}

/**
 * Posts on a connection of its own. One that was kept open may be closed by the server at the very moment at which it is used
 * again, above all by a server that stood still for longer than it keeps connections.
 */
async function send(url: string, body: string, limitMs: number): Promise<{ status: number; text: string }> {
  const outgoing = request(url, { method: 'POST', agent: false, signal: AbortSignal.timeout(limitMs) })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return { status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }
}

/** Adds up the samples of a metric in Prometheus' text form. */
function sumOf(name: string, samples: string): number {
  const values = [...samples.matchAll(/^(\w+)(?:\{.*\})? (\S+)$/gm)].filter(([, metric]) => metric === name)
  return values.reduce((sum, [, , value]) => sum + Number(value), 0)
}

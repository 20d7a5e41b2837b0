import { z } from 'zod'
import type { BlockDocument, StatusDocument } from '../../rpc/node-view.ts'
import { type HttpAnswer, type HttpClient, type HttpLimits, NoAnswerError } from './http.ts'

/** What became of a transaction that was posted. */
export type Submission =
  /** 202: durable at that node. */
  | { readonly kind: 'acknowledged' }
  /** The node said no, or never saw it. `isElsewhere` when another node may well take it. */
  | { readonly kind: 'refused'; readonly why: string; readonly isElsewhere: boolean }
  /** It may have been taken. Never send it again. */
  | { readonly kind: 'unknown'; readonly why: string }

/** A node as an outsider sees it. Rejections say in their message why there is no answer. */
export interface NodeClient {
  status(): Promise<StatusDocument>
  /** Undefined when the node does not have it. */
  block(height: number): Promise<BlockDocument | undefined>
  /** Posts a transaction `key=value`. Never rejects. */
  submit(body: string): Promise<Submission>
}

// A node that takes longer than this is not doing its work. Blocks hold at most some megabytes.
const quick: HttpLimits = { timeoutMs: 1000, answerBytes: 1 << 20 }
const patient: HttpLimits = { timeoutMs: 5000, answerBytes: 64 << 20 }

/** What the devnet relies on; anything else at this port is not a node. */
const statusShape = z.looseObject({
  node_id: z.string(),
  role: z.string(),
  term: z.number(),
  leader_id: z.string(),
  last_log_index: z.number(),
  snapshot_index: z.number(),
  height: z.number(),
  tip_height: z.number(),
  tip_hash: z.string(),
  block_time: z.string(),
  ready: z.boolean(),
  not_ready_reason: z.string(),
  backfill: z.looseObject({ active: z.boolean(), from: z.number(), to: z.number(), done: z.number() }),
  peers: z.array(z.looseObject({ id: z.string() })),
})

const blockShape = z.looseObject({
  height: z.number(),
  hash: z.string(),
  parent_hash: z.string(),
  signature: z.string(),
  txs: z.array(z.looseObject({ data: z.string() })),
})

export function nodeClient(http: HttpClient): NodeClient {
  return {
    status: async () => {
      const answer = await http.send('GET', '/status', undefined, quick)
      return understand(statusShape, answer) as StatusDocument
    },
    block: async (height) => {
      const answer = await http.send('GET', `/blocks/${height}`, undefined, patient)
      return answer.status === 404 ? undefined : (understand(blockShape, answer) as BlockDocument)
    },
    submit: (body) => submit(http, body),
  }
}

async function submit(http: HttpClient, body: string): Promise<Submission> {
  try {
    const answer = await http.send('POST', '/tx', body, patient)
    const { status } = answer
    if (status === 202 || status === 200) return { kind: 'acknowledged' }
    // Only 503 says "not I, not now"; a 500 may have been written already.
    if (status === 503) return { kind: 'refused', why: reasonIn(answer), isElsewhere: true }
    if (status >= 400 && status < 500) return { kind: 'refused', why: reasonIn(answer), isElsewhere: false }
    return { kind: 'unknown', why: reasonIn(answer) }
  } catch (error) {
    if (error instanceof NoAnswerError && error.isUnsent) {
      return { kind: 'refused', why: error.message, isElsewhere: true }
    }
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) }
  }
}

function understand(shape: z.ZodType, answer: HttpAnswer): unknown {
  if (answer.status !== 200) throw new Error(reasonIn(answer))
  try {
    return shape.parse(JSON.parse(answer.text))
  } catch (cause) {
    throw new Error('the answer is not that of a node', { cause })
  }
}

function reasonIn({ status, text }: HttpAnswer): string {
  const message = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  return message ?? `HTTP ${status}`
}

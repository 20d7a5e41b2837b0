import { bigintFromLong, type Hash, type Height, longFromBigint } from 'block-fsm'
import protobuf from 'protobufjs/minimal.js'
import { catchup } from '../../gen/catchup.js'
import { CatchupError } from '../errors.ts'

const { HeaderRequest, HeaderResponse, StatusCode } = catchup.v1

/** What one stream asks for: go-header's HeaderRequest. */
export type HistoryQuestion =
  | { readonly by: 'height'; readonly from: Height; readonly amount: number }
  | { readonly by: 'hash'; readonly hash: Hash }
  | { readonly by: 'head' }

/** One answer: an item's bytes, or that the first item is not there. */
export type HistoryReply = { readonly kind: 'item'; readonly body: Uint8Array } | { readonly kind: 'notFound' }

/** Longest encoded request that is read. */
export const requestLimitBytes = 1024

/** The question as the one message of a request stream, with its length. */
export function encodeQuestion(question: HistoryQuestion): Uint8Array {
  const amount = question.by === 'height' ? question.amount : 1
  const fields =
    question.by === 'hash'
      ? { hash: question.hash, amount }
      : { origin: longFromBigint(BigInt(question.by === 'head' ? 0 : question.from)), amount }
  return HeaderRequest.encode(fields, protobuf.Writer.create().fork()).ldelim().finish()
}

/**
 * Reads a request without its length. Neither height nor hash, or an amount of 0 or above `pageLimit`, is `REQUEST_INVALID`.
 * A height that no chain reaches is taken for one above the head.
 */
export function decodeQuestion(bytes: Uint8Array, pageLimit: number): HistoryQuestion {
  const message = decode(bytes, 'REQUEST_INVALID', 'request', (reader) => HeaderRequest.decode(reader))
  if (message.hash && message.data === 'hash') return { by: 'hash', hash: message.hash }
  if (message.origin === null || message.origin === undefined) {
    throw new CatchupError('REQUEST_INVALID', 'a request for neither a height nor a hash')
  }
  const from = clamped(message.origin)
  const amount = clamped(message.amount)
  if (amount === 0) throw new CatchupError('REQUEST_INVALID', 'a request for no items')
  if (from === 0) return { by: 'head' }
  if (amount > pageLimit) {
    throw new CatchupError('REQUEST_INVALID', `a request for ${amount} items; ${pageLimit} are allowed`)
  }
  return { by: 'height', from, amount }
}

/** Items as response messages with their lengths, in one piece. */
export function encodeItems(items: readonly Uint8Array[]): Uint8Array {
  const writer = protobuf.Writer.create()
  for (const body of items) HeaderResponse.encode({ body, statusCode: StatusCode.OK }, writer.fork()).ldelim()
  return writer.finish()
}

/** The one response message that says that nothing is there. */
export function encodeNotFound(): Uint8Array {
  return HeaderResponse.encode({ statusCode: StatusCode.NOT_FOUND }, protobuf.Writer.create().fork()).ldelim().finish()
}

/** Reads a response without its length; another status than go-header's two is `PEER_MALFORMED`. */
export function decodeReply(bytes: Uint8Array): HistoryReply {
  const message = decode(bytes, 'PEER_MALFORMED', 'response', (reader) => HeaderResponse.decode(reader))
  if (message.statusCode === StatusCode.OK) return { kind: 'item', body: message.body ?? new Uint8Array(0) }
  if (message.statusCode === StatusCode.NOT_FOUND) return { kind: 'notFound' }
  throw new CatchupError('PEER_MALFORMED', `the peer answered with status ${message.statusCode}`)
}

/** Beyond the safe integers there is no height: above every head, above every limit. */
function clamped(value: Parameters<typeof bigintFromLong>[0]): number {
  const exact = bigintFromLong(value)
  return exact > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(exact)
}

function decode<Message>(
  bytes: Uint8Array,
  code: 'REQUEST_INVALID' | 'PEER_MALFORMED',
  what: string,
  read: (reader: protobuf.Reader) => Message,
): Message {
  // A Buffer would make protobufjs give Buffers, which compare and print unlike other byte arrays.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return read(protobuf.Reader.create(plain))
  } catch (cause) {
    throw new CatchupError(code, `these ${bytes.length} bytes are no ${what} of header-ex`, { cause })
  }
}

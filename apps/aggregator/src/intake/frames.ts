import Long from 'long'
import type { JournalTransaction } from 'block-fsm'
import { aggregator } from '../../gen/aggregator.js'
import { AggregatorError } from '../errors.ts'

/** Undecided transactions of a member's journal, for the leader. */
export interface Offer {
  /** 16 bytes. */
  readonly journalId: Uint8Array
  /** Of the origin, as the member's state has it. */
  readonly expectedGeneration: number
  /** Ascending without a hole. */
  readonly transactions: readonly JournalTransaction[]
}

/** The leader lacks transactions of the receiver's journal from this number on. */
export interface Ask {
  readonly journalId: Uint8Array
  readonly from: number
}

/** Whether a member could produce now, and if not how many blocks it lacks. */
export interface ReadinessFrame {
  readonly isReady: boolean
  readonly lag: number
}

const { Offer: OfferCodec, Ask: AskCodec, Readiness: ReadinessCodec } = aggregator.v1

export function encodeOffer({ journalId, expectedGeneration, transactions }: Offer): Uint8Array {
  return OfferCodec.encode({
    journalId,
    expectedGeneration,
    first: transactions[0]?.sequence ?? 0,
    transactions: transactions.map(({ bytes, idempotencyKey }) => ({ bytes, idempotencyKey: idempotencyKey ?? null })),
  }).finish()
}

/** Reads an offer from a member. `FRAME_INVALID` when it is none. */
export function decodeOffer(bytes: Uint8Array): Offer {
  return decoded('offer', () => {
    const { journalId, expectedGeneration, first, transactions } = OfferCodec.decode(bytes)
    const from = numberOf(first)
    return {
      journalId: Uint8Array.from(journalId),
      expectedGeneration: numberOf(expectedGeneration),
      transactions: transactions.map((transaction, i) => ({
        sequence: from + i,
        bytes: Uint8Array.from(transaction.bytes ?? []),
        ...(typeof transaction.idempotencyKey === 'string' && { idempotencyKey: transaction.idempotencyKey }),
      })),
    }
  })
}

export function encodeAsk(ask: Ask): Uint8Array {
  return AskCodec.encode(ask).finish()
}

/** Reads an ask from a leader. `FRAME_INVALID` when it is none. */
export function decodeAsk(bytes: Uint8Array): Ask {
  return decoded('ask', () => {
    const { journalId, from } = AskCodec.decode(bytes)
    return { journalId: Uint8Array.from(journalId), from: numberOf(from) }
  })
}

export function encodeReadiness(frame: ReadinessFrame): Uint8Array {
  return ReadinessCodec.encode(frame).finish()
}

/** Reads a member's readiness. `FRAME_INVALID` when it is none. */
export function decodeReadiness(bytes: Uint8Array): ReadinessFrame {
  return decoded('readiness', () => {
    const { isReady, lag } = ReadinessCodec.decode(bytes)
    return { isReady, lag: numberOf(lag) }
  })
}

function decoded<Frame>(what: string, decode: () => Frame): Frame {
  try {
    return decode()
  } catch (cause) {
    throw new AggregatorError('FRAME_INVALID', `a member sent bytes that are no ${what}; it may run another version`, {
      cause,
    })
  }
}

function numberOf(value: number | Long): number {
  const number = Long.isLong(value) ? value.toNumber() : value
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError('a number above 2^53')
  return number
}

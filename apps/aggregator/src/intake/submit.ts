import { type Executor, hasCode, transactionHash, type TransactionJournal } from 'block-fsm'
import { HttpError } from '../rpc/http-error.ts'
import type { SubmissionDocument, SubmittedTransaction } from '../rpc/node-view.ts'
import type { Outcomes } from './outcomes.ts'

/** Largest transaction that is taken. */
const transactionLimitBytes = 1024 * 1024

const keyLimitBytes = 128

export interface SubmitOptions {
  readonly journal: TransactionJournal
  readonly executor: Executor
  readonly outcomes: Outcomes
  readonly onJournaled: () => void
}

/**
 * Takes a transaction: validated and fsynced in this node's journal when it resolves, or decided when the client waits. From
 * then on it has exactly one outcome, as long as this disk survives.
 */
export async function submitTransaction(
  { journal, executor, outcomes, onJournaled }: SubmitOptions,
  { bytes, idempotencyKey, waitForCommit }: SubmittedTransaction,
  signal: AbortSignal,
): Promise<SubmissionDocument> {
  await requireValid(executor, bytes, idempotencyKey, signal)
  const hash = Buffer.from(transactionHash(bytes)).toString('hex')
  const sequence = await append(journal, bytes, idempotencyKey)
  // The wait begins before anybody can decide, so that no outcome is missed.
  const decided = waitForCommit ? outcomes.outcome(sequence, signal) : undefined
  onJournaled()
  if (decided === undefined) return { hash }
  const outcome = await decided
  if (outcome.kind === 'committed') return { hash, height: outcome.height }
  if (outcome.kind === 'dropped') {
    throw new HttpError(409, 'DROPPED', `the transaction was dropped: ${outcome.reason}`, 'it will not be in any block')
  }
  return { hash }
}

async function requireValid(
  executor: Executor,
  bytes: Uint8Array,
  idempotencyKey: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (bytes.length > transactionLimitBytes) {
    throw new HttpError(
      413,
      'TRANSACTION_TOO_LARGE',
      `a transaction has at most ${transactionLimitBytes} bytes`,
      'send less',
    )
  }
  const reason = await executor.checkTransaction?.(bytes, signal)
  if (reason !== undefined) throw new HttpError(400, 'TRANSACTION_INVALID', reason, 'the body is key=value')
  const keyBytes = Buffer.byteLength(idempotencyKey ?? '', 'utf8')
  if (idempotencyKey !== undefined && (keyBytes === 0 || keyBytes > keyLimitBytes)) {
    throw new HttpError(
      400,
      'BAD_IDEMPOTENCY_KEY',
      `a key has 1 to ${keyLimitBytes} bytes`,
      'shorten it, or leave it out',
    )
  }
}

async function append(
  journal: TransactionJournal,
  bytes: Uint8Array,
  idempotencyKey: string | undefined,
): Promise<number> {
  try {
    return await journal.append([{ bytes, ...(idempotencyKey !== undefined && { idempotencyKey }) }])
  } catch (cause) {
    if (!hasCode(cause, 'FULL')) throw cause
    const hint = 'try again when blocks have taken some, or ask another node'
    throw new HttpError(503, 'JOURNAL_FULL', 'too many transactions wait for a block here', hint, { cause })
  }
}

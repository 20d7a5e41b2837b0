import type {
  DecidedTransaction,
  Hash,
  JournalRecord,
  JournalTransaction,
  NewTransaction,
  TransactionJournal,
  TransactionOutcome,
} from 'block-fsm'
import { GroupWriter } from '../disk/group-writer.ts'
import { bytesKey, keyNumber, prefixRange } from '../disk/keys.ts'
import type { Database } from '../disk/open-database.ts'
import { reading } from '../disk/reading.ts'
import { BlockStoreError } from '../errors.ts'
import { append, decide, release, renew, sizeOf } from './operations.ts'
import { decodeOutcome, decodeReplaced, decodeTransaction, idKey, transactionKey } from './rows.ts'
import { type Standing, standingRow } from './standing.ts'

export interface JournalSettings {
  readonly limitBytes: number
  readonly keptOutcomes: number
  readonly random: (length: number) => Uint8Array
}

/** Length of a journal's id. */
export const idBytes = 16

/** What is decided makes room, so it never waits for room. */
const noBytes = 0

/** What the app says of transactions of a journal that another one replaced. */
const originClosed: TransactionOutcome = { kind: 'dropped', reason: 'origin closed' }

/** The journal over an open database. Appends that arrive while a batch is on its way go together. */
export class JournalOverLevel implements TransactionJournal {
  readonly #database: Database
  readonly #settings: JournalSettings
  readonly #writer: GroupWriter<Standing>
  #cleaning: Promise<void> = Promise.resolve()
  #isClosing = false

  constructor(database: Database, standing: Standing, settings: JournalSettings) {
    this.#database = database
    this.#settings = settings
    this.#writer = new GroupWriter({
      database,
      name: 'the journal of transactions',
      state: standing,
      stateRow: standingRow,
      queueLimitBytes: settings.limitBytes,
    })
  }

  get id(): Uint8Array {
    return this.#writer.state.id
  }

  get lastSequence(): number {
    return this.#writer.state.last
  }

  get firstSequence(): number {
    return this.#writer.state.released + 1
  }

  append(transactions: readonly NewTransaction[], signal?: AbortSignal): Promise<number> {
    const { limitBytes } = this.#settings
    return this.#writer.run(sizeOf(transactions), (staging) => append(staging, transactions, limitBytes), signal)
  }

  async read(from: number, limitBytes: number, signal?: AbortSignal): Promise<readonly JournalTransaction[]> {
    const { generation, last, released } = this.#writer.state
    const gte = transactionKey(generation, Math.max(from, released + 1))
    const transactions: JournalTransaction[] = []
    let bytes = 0
    await this.#reading(signal, async () => {
      for await (const [key, record] of this.#database.iterator({ gte, lte: transactionKey(generation, last) })) {
        signal?.throwIfAborted()
        const transaction = decodeTransaction(key, record)
        if (transaction === undefined) throw damagedAt(keyNumber(key, 9))
        bytes += transaction.bytes.length
        if (transactions.length > 0 && bytes > limitBytes) return
        transactions.push(transaction)
      }
    })
    return transactions
  }

  async find(hash: Hash, signal?: AbortSignal): Promise<JournalRecord | undefined> {
    return this.#reading(signal, async () => {
      const range = { ...prefixRange(bytesKey('f', hash)), reverse: true, limit: 1 }
      const row = (await this.#database.iterator(range).all())[0]
      if (row === undefined) return undefined
      const [key, record] = row
      const generation = keyNumber(key, 1 + hash.length)
      const sequence = keyNumber(key, 9 + hash.length)
      const stored = decodeOutcome(key, record)
      if (stored === undefined) throw damagedAt(sequence)
      const { generation: newest, id, released } = this.#writer.state
      if (generation === newest) {
        const isReleased = stored.kind === 'pending' && sequence <= released
        return { journalId: id, sequence, outcome: isReleased ? { kind: 'decided' } : stored }
      }
      const replaced = decodeReplaced(await this.#database.get(idKey(generation)))
      return { journalId: replaced.id, sequence, outcome: outcomeOfReplaced(stored, sequence, replaced.released) }
    })
  }

  decide(outcomes: readonly DecidedTransaction[], signal?: AbortSignal): Promise<void> {
    return this.#writer.run(noBytes, (staging) => decide(staging, outcomes), signal)
  }

  async release(through: number, signal?: AbortSignal): Promise<void> {
    const { keptOutcomes } = this.#settings
    await this.#writer.run(noBytes, (staging) => release(staging, through, keptOutcomes), signal)
    this.#removeReleased()
  }

  async renew(signal?: AbortSignal): Promise<void> {
    const id = this.#settings.random(idBytes)
    await this.#writer.run(noBytes, (staging) => renew(staging, id), signal)
    this.#removeReleased()
  }

  /** Notes which start of the node this is. */
  noteBoot(bootCounter: number): Promise<void> {
    return this.#writer.run(noBytes, (staging) => {
      staging.put(idKey(staging.state.generation), staging.state.id)
      staging.state = { ...staging.state, bootCounter }
    })
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#writer.close()
    await this.#cleaning
    await this.#database.close()
  }

  /**
   * Removes the bytes of released transactions beside the writes, one removal after the other. It is not fsynced: what a crash
   * leaves is out of sight and removed at the next opening.
   */
  #removeReleased(): void {
    this.#cleaning = this.#cleaning.then(async () => {
      if (this.#isClosing || this.#writer.failure) return
      await this.removeReleased().catch((cause: unknown) => this.#writer.fail(cause))
    })
  }

  async removeReleased(): Promise<void> {
    const { generation, released } = this.#writer.state
    await this.#database.clear({ gte: transactionKey(0, 0), lte: transactionKey(generation, released) })
  }

  #reading<Result>(signal: AbortSignal | undefined, action: () => Promise<Result>): Promise<Result> {
    return reading(this.#writer, signal, action)
  }
}

/** What the replaced journal held undecided was never written to one by one; what it had released was decided. */
function outcomeOfReplaced(stored: TransactionOutcome, sequence: number, released: number): TransactionOutcome {
  if (stored.kind !== 'pending') return stored
  return sequence <= released ? { kind: 'decided' } : originClosed
}

function damagedAt(sequence: number): BlockStoreError {
  return new BlockStoreError(
    'STORAGE_FAILED',
    `transaction ${sequence} of the journal is damaged; start the node again, which begins a new journal`,
  )
}

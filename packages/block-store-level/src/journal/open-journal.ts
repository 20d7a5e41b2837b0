import type { TransactionJournal } from 'block-fsm'
import { keyNumber, kindRange } from '../disk/keys.ts'
import { type Logger, silentLogger } from '../disk/logger.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../disk/open-database.ts'
import { idBytes, JournalOverLevel } from './level-journal.ts'
import { outcomeBytes } from './operations.ts'
import { decodeTransaction, transactionKey } from './rows.ts'
import { decodeStanding, freshStanding, type Standing, standingKey } from './standing.ts'

export interface JournalOptions extends DatabaseOptions {
  readonly chainId: string
  /** Which start of the node this is: a journal that recorded a higher one is an old copy's successor, and is renewed. */
  readonly bootCounter: number
  /** Fresh bytes, for journal ids. */
  readonly random: (length: number) => Uint8Array
  /** Undecided transactions, with 64 bytes for each; beyond it intake is `FULL`. Default 256 MiB. */
  readonly limitBytes?: number
  /** Outcomes that can still be found; beyond it the oldest go. Default 64 MiB, about 400,000 transactions. */
  readonly outcomeLimitBytes?: number
  readonly logger?: Logger
}

const mebibyte = 1024 * 1024

/**
 * Opens a `TransactionJournal` on LevelDB.
 *
 * It is renewed when it recorded a higher boot counter, and when a transaction that it still has to offer cannot be read: what
 * was undecided is then `dropped(origin closed)`. Errors as {@link openDatabase} gives them.
 */
export async function openJournal(options: JournalOptions): Promise<TransactionJournal> {
  const { chainId, bootCounter, random, limitBytes = 256 * mebibyte, outcomeLimitBytes = 64 * mebibyte } = options
  const logger = options.logger ?? silentLogger
  const database = await openDatabase(options, { name: 'transaction-journal', version: 1, chainId })
  try {
    const stored = await database.get(standingKey)
    const found = stored && decodeStanding(stored)
    const standing = found ?? {
      ...freshStanding(random(idBytes), bootCounter),
      generation: await nextGeneration(database),
    }
    const keptOutcomes = Math.floor(outcomeLimitBytes / outcomeBytes)
    const journal = new JournalOverLevel(database, standing, { limitBytes, keptOutcomes, random })
    if (stored && !found)
      logger.error({ directory: options.directory }, 'where the journal stands is damaged; it begins anew')
    const reason = found && (await whyRenew(database, found, bootCounter))
    if (reason !== undefined) {
      logger.error({ directory: options.directory, reason }, 'the journal begins anew; what was undecided is dropped')
      await journal.renew()
    }
    await journal.noteBoot(bootCounter)
    await journal.removeReleased()
    return journal
  } catch (error) {
    await database.close()
    throw error
  }
}

/** One above every journal that was in this directory, as far as their ids tell. */
async function nextGeneration(database: Database): Promise<number> {
  const newest = (await database.keys({ ...kindRange('g'), reverse: true, limit: 1 }).all())[0]
  return newest === undefined ? 1 : keyNumber(newest) + 1
}

async function whyRenew(database: Database, standing: Standing, bootCounter: number): Promise<string | undefined> {
  const { generation, released, last } = standing
  if (bootCounter < standing.bootCounter) {
    return `it was opened at start ${standing.bootCounter} of the node, and this is start ${bootCounter}`
  }
  let expected = released + 1
  const range = { gt: transactionKey(generation, released), lte: transactionKey(generation, last) }
  for await (const [key, record] of database.iterator(range)) {
    if (decodeTransaction(key, record)?.sequence !== expected) return `transaction ${expected} cannot be read`
    expected++
  }
  return expected === last + 1 ? undefined : `transaction ${expected} is missing`
}

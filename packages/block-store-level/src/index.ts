/**
 * The block store and the transaction journal of block-fsm, each in one LevelDB database.
 *
 * ```ts
 * const store = await openBlockStore({ directory: 'data/blocks', chainId, initialHeight: 1, genesisRoot })
 * await storeBlocks(store, blocks)
 *
 * const journal = await openJournal({ directory: 'data/journal', chainId, bootCounter, random: randomBytes })
 * const first = await journal.append([{ bytes: tx }])
 * ```
 *
 * @packageDocumentation
 */
export { BlockStoreError, type BlockStoreErrorCode } from './errors.ts'
export { type JournalOptions, openJournal } from './journal/open-journal.ts'
export { type BlockStoreOptions, type LevelBlockStore, openBlockStore } from './store/open-store.ts'

import type { LogStore, OpenedLog } from 'raft-core'
import { answered } from './answered.ts'

/**
 * The log store, which opens only if `compare` is content with what it holds: after the disk was read and before anybody hears
 * of this node. A rejection closes the log again and is the error of `open`.
 */
export function comparedLogStore(
  store: LogStore,
  compare: (opened: OpenedLog, log: Pick<LogStore, 'read'>) => Promise<void>,
): LogStore {
  const open = async (): Promise<OpenedLog> => {
    const opened = await answered<OpenedLog>((done) => store.open(done))
    try {
      // Damage has an error of its own, and what is behind it cannot be read.
      if (opened.damaged === undefined) await compare(opened, store)
      return opened
    } catch (error) {
      await answered<void>((done) => store.close(done))
      throw error
    }
  }
  return {
    open: (done) =>
      void open().then(
        (opened) => done(undefined, opened),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      ),
    append: (write, done) => store.append(write, done),
    read: (from, end, limitBytes, done) => store.read(from, end, limitBytes, done),
    compact: (position, done) => store.compact(position, done),
    reset: (position, done) => store.reset(position, done),
    close: (done) => store.close(done),
  }
}

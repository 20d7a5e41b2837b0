import type { Done, DoneWith, Entry, LogPosition, LogStore, LogWrite, OpenedLog } from 'raft-core'

/** A log store by promises, for tests that tell a story line by line. */
export class PromisedLog {
  readonly store: LogStore

  constructor(store: LogStore) {
    this.store = store
  }

  open(): Promise<OpenedLog> {
    return settled((done) => this.store.open(done))
  }

  append(write: Partial<LogWrite>): Promise<void> {
    const whole = { truncateFrom: undefined, entries: [], hardState: undefined, ...write }
    return settled((done) => this.store.append(whole, done))
  }

  read(from: number, end: number, limitBytes = 1e9): Promise<readonly Entry[]> {
    return settled((done) => this.store.read(from, end, limitBytes, done))
  }

  compact(position: LogPosition): Promise<void> {
    return settled((done) => this.store.compact(position, done))
  }

  reset(position: LogPosition): Promise<void> {
    return settled((done) => this.store.reset(position, done))
  }

  close(): Promise<void> {
    return settled((done: Done) => this.store.close(done))
  }
}

export function settled<Result>(begin: (done: DoneWith<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    begin((error, result) => (error ? reject(error) : resolve(result as Result)))
  })
}

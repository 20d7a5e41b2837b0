import type { Done, DoneWith } from './completion.ts'

/** The few facts that are written rarely and must never be torn: identity, founding record, boot counter. */
export interface StableStore {
  /** The bytes last stored under `key`, or undefined. */
  get(key: StableKey, done: DoneWith<Uint8Array | undefined>): void
  /** Replaces the bytes under `key`, durable when `done` is called; a crash leaves the old or the new, never a mixture. */
  set(key: StableKey, value: Uint8Array, done: Done): void
}

export type StableKey = 'identity' | 'founding'

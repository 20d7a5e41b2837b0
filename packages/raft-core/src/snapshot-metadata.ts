import type { Configuration } from './configuration.ts'
import type { LogIndex, Term } from './types.ts'

/** What a snapshot stands for: every entry through `index`, and the configuration in force there. */
export interface SnapshotMetadata {
  readonly index: LogIndex
  readonly term: Term
  readonly configuration: Configuration
  readonly configurationIndex: LogIndex
  /** 64 lower-case hex digits. */
  readonly clusterId: string
  readonly epoch: number
}

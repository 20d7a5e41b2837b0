import type { Finding } from '../finding.ts'
import type { KeySpec } from '../keys/key-spec.ts'

/** Where a value comes from, the strongest first. */
export type SourceKind = 'flag' | 'environment' | 'file' | 'default'

/** One place where values are written. */
export interface Source {
  readonly kind: SourceKind
  /** As an operator would recognise it: `--raft.node_id`, `AGGREGATOR_RAFT_NODE_ID`, `/home/config/config.toml [raft]`. */
  readonly label: string
}

/** A key and the text that one source gives it. */
export interface Setting {
  readonly spec: KeySpec
  readonly text: string
  readonly source: Source
}

/** What reading one source found. */
export interface SourceReading {
  readonly settings: readonly Setting[]
  readonly errors: readonly Finding[]
}

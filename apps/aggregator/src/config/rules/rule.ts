import type { Config } from '../config.ts'
import type { ResolvedKeys } from '../merge.ts'

/**
 * Something that must or should hold between keys. It is not asked when one of the keys that it reads has already been
 * refused, so that one mistake gives one error.
 */
export interface Rule {
  readonly reads: readonly string[]
  readonly check: (config: Config, report: Report, keys: ResolvedKeys) => void
}

/** Where rules say what they found; the source of the key is added. */
export interface Report {
  /** What is wrong; what to do. The configuration is refused. */
  readonly error: (key: string, problem: string) => void
  /** Risky, yet taken. Shown at every start. */
  readonly warning: (key: string, problem: string) => void
  /** Worth knowing. Shown by `config check`. */
  readonly note: (key: string, problem: string) => void
}

import type { HostPort } from '../values/host-port.ts'
import type { Peer } from '../values/peers.ts'

/**
 * One configuration key: everything that parsing, help, the written file and the documentation know about it. Sections
 * (`raft-keys.ts` and its siblings) are tables of these, keyed by the name that the value has in `Config`.
 */
export interface KeySpec {
  /** Full name, as in files and after `--`: `raft.node_id`. */
  readonly key: string
  readonly kind: Kind
  /** In the syntax that an operator writes; empty for "not set". */
  readonly default: string
  /** Shown instead of `default` where the value is derived from others. */
  readonly defaultText?: string
  /** What it does, one sentence. */
  readonly about: string
  /** Why the default is what it is. */
  readonly why: string
  /** What a count counts, e.g. `entries`. Durations, sizes and addresses carry theirs in the syntax. */
  readonly unit?: string
  /** Smallest and largest value, in milliseconds, bytes or counts. */
  readonly min?: number
  readonly max?: number
  /** The words that a `choice` takes. */
  readonly choices?: readonly string[]
  /** Words of ev-node that this program knows and refuses. */
  readonly unavailable?: readonly string[]
  /** Present when the key is recognised and has no effect here, with the reason. Such keys are not in `Config`. */
  readonly inert?: string
  /** An inert key that must not be ignored: set off its default it is an error, not a warning. */
  readonly refused?: true
  /** Never taken from a file. */
  readonly flagOnly?: true
  /** Left out of help, documentation and the written file. */
  readonly hidden?: true
  /** Never printed. */
  readonly secret?: true
}

/** How a value is written and what it becomes. */
export type Kind = keyof KindValues

interface KindValues {
  text: string
  /** Comma-separated words. */
  list: readonly string[]
  /** A server's name: no `@`, comma, slash or white space. */
  name: string
  bool: boolean
  /** A safe integer. */
  int: number
  /** 0 to 1. */
  fraction: number
  /** Go's syntax; milliseconds. */
  duration: number
  /** `64MiB`; bytes. */
  bytes: number
  choice: string
  /** Made absolute against where it was written: a file's home, else the working directory. */
  path: string
  /** Made absolute against the home. */
  homePath: string
  /** `host:port`; `undefined` when empty. */
  address: HostPort | undefined
  /** `host:port` or `:port`, never empty. */
  listenAddress: HostPort
  multiaddr: string
  multiaddrs: readonly string[]
  peers: readonly Peer[]
}

/** Every value that a key can have. */
export type ConfigValue = KindValues[Kind]

/** The keys of one section by their names in `Config`. */
export type Section = Readonly<Record<string, KeySpec>>

/** What a section becomes: parsed values of the keys that have an effect. */
export type SectionConfig<S extends Section> = {
  readonly [P in keyof S as S[P] extends { readonly inert: string } ? never : P]: ValueOf<S[P]>
}

type ValueOf<S extends KeySpec> = S extends { readonly kind: 'choice'; readonly choices: readonly (infer C)[] }
  ? C
  : KindValues[S['kind']]

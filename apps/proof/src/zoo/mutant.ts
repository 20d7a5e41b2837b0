/** A bug that somebody could make: a small change to a source file, and what must notice it. */
export interface Mutant {
  /** What is wrong, in words. */
  readonly name: string
  /** Where the bug, or one of its kind, was met in the field. */
  readonly seenIn?: string
  /** Below `packages/`. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  readonly killedBy: Killer
}

/** The simulator, in one of its scenarios; or a file of tests, below `packages/`. */
export type Killer = { readonly scenario: string } | { readonly test: string }

/** The file with the bug in it. Undefined when what is to be replaced does not stand there exactly once. */
export function mutate(source: string, { find, replace }: Mutant): string | undefined {
  const parts = source.split(find)
  return parts.length === 2 ? parts.join(replace) : undefined
}

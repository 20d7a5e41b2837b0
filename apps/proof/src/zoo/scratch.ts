import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { ProofError } from '../errors.ts'
import { type Mutant, mutate } from './mutant.ts'

/** Packages whose sources and builds a scratch build has of its own. */
const copied = ['raft-core', 'raft-testkit']

/** Files at the top that the tests need. */
const topFiles = ['package.json', 'vitest.config.ts', 'tsconfig.base.json']

/** A copy of what was built, in which one mutant at a time lives. */
export class Scratch {
  readonly directory: string

  private constructor(directory: string) {
    this.directory = directory
  }

  static async make(top: string): Promise<Scratch> {
    const scratch = new Scratch(await mkdtemp(join(tmpdir(), 'zoo-')))
    for (const file of topFiles) await cp(join(top, file), join(scratch.directory, file))
    for (const name of copied) {
      const packagePath = join('packages', name)
      // Links among the packages are relative, and stay within the copy.
      await cp(join(top, packagePath), join(scratch.directory, packagePath), {
        recursive: true,
        verbatimSymlinks: true,
      })
    }
    await symlink(join(top, 'node_modules'), join(scratch.directory, 'node_modules'))
    return scratch
  }

  /** Puts the mutant in, source and build; the returned function takes it out. `MUTANT_STALE` when the source has changed. */
  async infect(mutant: Mutant): Promise<() => Promise<void>> {
    const source = join(this.directory, 'packages', mutant.file)
    const built = source.replace('/src/', '/dist/').replace(/\.ts$/, '.js')
    const before = await Promise.all(
      [source, built].map(async (path) => ({ path, text: await readFile(path, 'utf8') })),
    )
    const mutated = mutate(before[0]!.text, mutant)
    if (mutated === undefined)
      throw new ProofError(
        'MUTANT_STALE',
        `${mutant.name}: what it replaces does not stand in ${mutant.file} exactly once`,
      )
    await writeFile(source, mutated)
    await writeFile(built, transpile(mutated))
    return async () => {
      for (const { path, text } of before) await writeFile(path, text)
    }
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true })
  }
}

/** The types are left unchecked: a mutant may be wrong in that way too. */
function transpile(source: string): string {
  return ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  }).outputText
}

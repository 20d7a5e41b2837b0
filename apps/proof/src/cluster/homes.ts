import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** A part of a node's home that can be lost by itself. */
export type Part = 'raft' | 'data' | 'data/blocks' | 'data/guard'

/** What a home held at some time, of a node that did not run. */
export class HomeCopy {
  readonly #home: string
  readonly #copy: string

  private constructor(home: string, copy: string) {
    this.#home = home
    this.#copy = copy
  }

  /** Copies a home beside it, under a name of its own. */
  static async take(home: string, name: string): Promise<HomeCopy> {
    const copy = `${home}.${name}`
    await cp(home, copy, { recursive: true })
    return new HomeCopy(home, copy)
  }

  /** Puts a part, or everything, back as it was; what is there now is gone. */
  async restore(...parts: readonly Part[]): Promise<void> {
    for (const part of parts.length > 0 ? parts : ['.']) {
      await rm(join(this.#home, part), { recursive: true, force: true })
      await cp(join(this.#copy, part), join(this.#home, part), { recursive: true })
    }
  }
}

/** Moves a part of a home aside; the answer puts it back, over what may be there by then. */
export async function moveAside(home: string, part: Part): Promise<() => Promise<void>> {
  const aside = join(`${home}.aside`, part)
  await mkdir(dirname(aside), { recursive: true })
  await rename(join(home, part), aside)
  return async () => {
    await rm(join(home, part), { recursive: true, force: true })
    await rename(aside, join(home, part))
  }
}

/** Every file of a home by its path, but for the insides of databases, which rewrite their files whenever they are opened. */
export async function filesIn(home: string): Promise<readonly string[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(home, join(parentPath, name)))
  return files.filter((file) => !/(^|\/)(db|lock)\//.test(file)).sort()
}

import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AggregatorError } from '../../errors.ts'

/** Removes what earlier devnets made in `home`, and nothing else. `HOME_UNUSABLE` when that is not possible. */
export async function forgetChain(home: string): Promise<void> {
  try {
    for (const name of await readdir(home)) {
      if (/^node-\d+$/.test(name) || name === 'devnet.json') {
        await rm(join(home, name), { recursive: true, force: true })
      }
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new AggregatorError('HOME_UNUSABLE', `${home} cannot be emptied; choose another --home`, { cause })
  }
}

import { readFile } from 'node:fs/promises'

/**
 * True when `pid` is a devnet that runs now. Numbers are used again, in containers the same ones at every start, so where
 * the system shows command lines the process must look like one.
 */
export async function isLiveDevnet(pid: number | undefined): Promise<boolean> {
  if (pid === undefined || pid === process.pid || !isAlive(pid)) return false
  try {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return /devnet|from-clone/.test(commandLine)
  } catch (error) {
    // Gone meanwhile, or a system without /proc: then being alive must do.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && isAlive(pid)
  }
}

/** True when there is a process of this number, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

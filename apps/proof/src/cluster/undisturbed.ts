import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const realTime = ['chrt', '--rr', '1'] as const

/**
 * A command that runs a command before everything else on this machine, for what is only true of a machine that is not shared;
 * empty where the system does not let us.
 */
export async function undisturbed(): Promise<readonly string[]> {
  try {
    await promisify(execFile)(realTime[0], [...realTime.slice(1), 'true'])
    return realTime
  } catch {
    return [] // No such program, or no right to it: then the machine has to be quiet.
  }
}

import { spawn } from 'node:child_process'

/**
 * Runs a shell command when this process dies without a chance to clean up itself. A shell waits at the other end of a pipe: a
 * line means that nothing is left to do, the end of the pipe that we are gone. Call the answer once the command is not
 * needed any more; a process number, for one, may soon be another's.
 */
export function atOurDeath(command: string): () => void {
  const shell = spawn('/bin/sh', ['-c', `read -r word || { ${command}; }`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  shell.stdin.on('error', () => {
    // The shell has ended already.
  })
  return () => void shell.stdin.end('done\n')
}

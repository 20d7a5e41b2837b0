import { spawn } from 'node:child_process'

/**
 * Ends the nodes when we die in a way that leaves us no time to do it.
 *
 * A shell waits at the other end of a pipe for process numbers. When the pipe closes, by our end or our death, it kills
 * those that are still on its list. It also reaches nodes that are stopped and could not notice anything themselves. It is a
 * session of its own, so that a terminal's Ctrl-C leaves it alone.
 */
export interface OrphanGuard {
  watch(pid: number): void
  /** The process has ended; its number may soon be another's. */
  forget(pid: number): void
  /** Kills what is still watched and resolves when that is done. */
  close(): Promise<void>
}

const script = `
pids=
while read -r verb pid; do
  case $verb in
    watch) pids="$pids $pid" ;;
    forget) kept=; for each in $pids; do [ "$each" = "$pid" ] || kept="$kept $each"; done; pids=$kept ;;
  esac
done
[ -z "$pids" ] || kill -9 $pids`

/** Starts it. `onFailed` is told when it cannot be started or ends too early; the devnet runs on without it. */
export function startOrphanGuard(onFailed: (why: string) => void): OrphanGuard {
  const shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  let isClosing = false
  const ended = new Promise<void>((resolve) => {
    const end = (why: string): void => {
      if (!isClosing) onFailed(why)
      resolve()
    }
    shell.on('error', (error) => end(error.message))
    shell.on('exit', () => end('it ended'))
  })
  shell.stdin.on('error', () => {
    // The shell is gone; its exit event has said so.
  })
  const tell = (verb: string, pid: number): void => {
    if (shell.stdin.writable) shell.stdin.write(`${verb} ${pid}\n`)
  }
  return {
    watch: (pid) => tell('watch', pid),
    forget: (pid) => tell('forget', pid),
    close: () => {
      isClosing = true
      shell.stdin.end()
      return ended
    },
  }
}

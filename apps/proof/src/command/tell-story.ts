import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Scale, Story } from '../stories/story.ts'
import type { Telling } from './record.ts'

/** What a telling of a story came to. */
export interface Told extends Pick<Telling, 'passed' | 'seconds' | 'scenes'> {
  /** What vitest said, and the homes of nodes when it failed. Removed when it passed. */
  readonly directory: string
}

/**
 * Tells one story through vitest, in a process group of its own. Everything it makes is in `directory`. When `signal` aborts it
 * is stopped with all that it started, and this rejects.
 */
export async function tellStory(
  { number }: Story,
  scale: Scale,
  top: string,
  directory: string,
  signal: AbortSignal,
): Promise<Told> {
  mkdirSync(directory, { recursive: true })
  const figuresFile = join(directory, 'figures.jsonl')
  const began = performance.now()
  const args = ['run', '--project', 'process', join('apps/proof/test/process', `story-${number}-`)]
  const code = await runVitest(args, top, join(directory, 'vitest.log'), signal, {
    STORIES_SCALE: scale,
    STORIES_FIGURES: figuresFile,
    STORIES_KEEP_FAILED: 'true',
    TMPDIR: directory,
  })
  const seconds = Math.round((performance.now() - began) / 100) / 10
  const lines = existsSync(figuresFile) ? readFileSync(figuresFile, 'utf8').split('\n').filter(Boolean) : []
  const scenes = lines.map((line) => JSON.parse(line) as Telling['scenes'][number])
  if (code === 0 || signal.aborted) rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  signal.throwIfAborted()
  return { passed: code === 0, seconds, scenes, directory }
}

/** Resolves with its exit code; -1 when a signal ended it. */
function runVitest(
  args: readonly string[],
  top: string,
  logFile: string,
  signal: AbortSignal,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const log = openSync(logFile, 'w')
  const vitest = spawn(process.execPath, [join(top, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: top,
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  // Its nodes have guards of their own, which end them as soon as its workers are gone.
  const stop = (): void => {
    if (vitest.pid !== undefined) process.kill(-vitest.pid, 'SIGKILL')
  }
  signal.addEventListener('abort', stop, { once: true })
  return new Promise((resolve, reject) => {
    vitest.on('error', reject)
    vitest.on('exit', (code) => {
      signal.removeEventListener('abort', stop)
      resolve(code ?? -1)
    })
  })
}

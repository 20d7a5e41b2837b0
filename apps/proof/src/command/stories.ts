import { execFile } from 'node:child_process'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { allStories } from '../stories/all-stories.ts'
import { readOptions, type StoriesOptions } from './options.ts'
import { appendTelling, readTellings } from './record.ts'
import { figureLines, summarize } from './summary.ts'
import { tellStory } from './tell-story.ts'

const top = fileURLToPath(new URL('../../../..', import.meta.url))
const directory = join(top, '.stories')
const logFile = join(directory, 'log.jsonl')

/**
 * `npm run stories`: tells the stories one after another, as often as asked, and appends how each ended to `.stories/log.jsonl`.
 * Resolves with the exit code: 0, 1 when a story failed, 2 for a wrong command line, 130 when it was interrupted.
 */
export async function stories(args: readonly string[]): Promise<number> {
  const options = readOptions(args)
  if (typeof options === 'number') return options
  const { commit, isChanged } = await readCommit()
  if (options.summary) {
    for (const line of summarize(readTellings(logFile), commit, process.version)) say(line)
    return 0
  }
  const interrupted = new AbortController()
  // npm passes a signal on that the terminal sends to us as well; the second changes nothing.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort())
  try {
    return await tellAll(options, { commit, isChanged }, interrupted.signal)
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
    say('interrupted; what was running is stopped and not in the log')
    return 130
  }
}

interface Commit {
  readonly commit: string
  readonly isChanged: boolean
}

async function tellAll(options: StoriesOptions, { commit, isChanged }: Commit, signal: AbortSignal): Promise<number> {
  const { scale, times, story: only } = options
  const chosen = allStories.filter(({ number }) => only === undefined || number === only)
  let failures = 0
  for (let time = 1; time <= times; time++) {
    say(
      `run ${time} of ${times}, ${scale}, commit ${commit}${isChanged ? ' with changes' : ''}, Node ${process.version}`,
    )
    for (const story of chosen) {
      const date = new Date().toISOString()
      const home = join(directory, `${date.replaceAll(':', '-')}-story-${story.number}`)
      const { passed, seconds, scenes, directory: kept } = await tellStory(story, scale, top, home, signal)
      const telling = {
        date,
        commit,
        isChanged,
        node: process.version,
        scale,
        story: story.number,
        passed,
        seconds,
        scenes,
      }
      appendTelling(logFile, telling)
      say(`story ${story.number} ${passed ? 'passed' : 'FAILED'} in ${seconds} s: ${story.title}`)
      for (const line of figureLines(scenes)) say(line)
      if (!passed)
        say(`  what happened is in ${relative(process.cwd(), kept)}: vitest.log, and the nodes' homes and logs`)
      if (!passed) failures += 1
    }
  }
  say(`${times * chosen.length - failures} passed, ${failures} failed; the log is ${relative(process.cwd(), logFile)}`)
  return failures === 0 ? 0 : 1
}

async function readCommit(): Promise<Commit> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: top })).stdout.trim()
  const [commit, changes] = await Promise.all([git('rev-parse', '--short=12', 'HEAD'), git('status', '--porcelain')])
  return { commit, isChanged: changes !== '' }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

import { Command, InvalidArgumentError } from 'commander'
import { allStories } from '../stories/all-stories.ts'
import type { Scale } from '../stories/story.ts'
import { parseArgs } from './parse-args.ts'

export interface StoriesOptions {
  readonly scale: Scale
  readonly times: number
  /** Undefined for all. */
  readonly story: number | undefined
  readonly summary: boolean
}

/** Reads the command line; an exit code when there is nothing to do, because help was asked for or the line is wrong. */
export function readOptions(args: readonly string[]): StoriesOptions | number {
  const command = new Command('npm run stories --')
    .description(
      'Tells the stories of real aggregator processes, one after another, and keeps a log of how they ended.',
    )
    .option('--full', 'as long as the claims ask for, instead of seconds', false)
    .option('--times <n>', 'how often each', positive, 1)
    .option('--story <number>', `only this one:\n${titles()}`, known)
    .option('--summary', 'print what the log says of this commit on this Node version, and run nothing', false)
  const exitCode = parseArgs(command, args)
  if (exitCode !== undefined) return exitCode
  const { full, times, story, summary } = command.opts<{
    full: boolean
    times: number
    story?: number
    summary: boolean
  }>()
  return { scale: full ? 'full' : 'short', times, story, summary }
}

function titles(): string {
  return allStories.map(({ number, title }) => `${number}  ${title}`).join('\n')
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It is a number from 1 on.')
  return Number(text)
}

function known(text: string): number {
  const story = allStories.find(({ number }) => String(number) === text)
  if (story === undefined) throw new InvalidArgumentError(`They have numbers 1 to ${allStories.length}.`)
  return story.number
}

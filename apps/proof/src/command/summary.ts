import { medianOf } from '../measure/median.ts'
import type { Scale } from '../stories/story.ts'
import type { Telling } from './record.ts'

const scales: readonly Scale[] = ['short', 'full']

/** What the log says of one commit and one Node version: for each story runs, failures, and the medians of what was measured. */
export function summarize(tellings: readonly Telling[], commit: string, node: string): readonly string[] {
  const mine = tellings.filter((telling) => telling.commit === commit && telling.node === node)
  if (mine.length === 0) return [`the log says nothing of commit ${commit} on Node ${node}`]
  const changed = mine.filter(({ isChanged }) => isChanged).length
  const note = changed === 0 ? '' : ` (${changed} of ${mine.length} runs with changes beside it)`
  return [`commit ${commit}${note}, Node ${node}`, ...scales.flatMap((scale) => scaleLines(mine, scale))]
}

function scaleLines(tellings: readonly Telling[], scale: Scale): readonly string[] {
  const told = tellings.filter((telling) => telling.scale === scale)
  const stories = [...new Set(told.map(({ story }) => story))].sort((a, b) => a - b)
  return stories.flatMap((story) => storyLines(told.filter((telling) => telling.story === story)))
}

function storyLines(told: readonly Telling[]): readonly string[] {
  const { scale, story } = told[0]!
  const failures = told.filter(({ passed }) => !passed).length
  const seconds = medianOf(told.map(({ seconds }) => seconds))
  const title = `${scale} story ${story}: ${told.length} runs, ${failures} failures, ${seconds} s`
  return [title, ...figureLines(told.flatMap(({ scenes }) => scenes))]
}

/** One line for each figure that is a number: the median of all of them, and the largest. */
export function figureLines(scenes: Telling['scenes']): readonly string[] {
  const numbers = new Map<string, number[]>()
  for (const { figures } of scenes) {
    for (const [name, value] of Object.entries(figures)) {
      if (typeof value === 'string') continue
      numbers.set(name, [...(numbers.get(name) ?? []), ...(typeof value === 'number' ? [value] : value)])
    }
  }
  return [...numbers].map(([name, all]) => {
    const only = all.every((value) => value === all[0])
    return only ? `  ${name} ${all[0]}` : `  ${name} ${medianOf(all)}, at most ${Math.max(...all)} (${all.length})`
  })
}

import { appendFileSync } from 'node:fs'
import { test } from 'vitest'
import { play } from '../../src/stories/play.ts'
import type { Story } from '../../src/stories/story.ts'

/** Plays for this long at most, in milliseconds; a wait inside ends sooner and says what it waited for. */
const limitMs = { short: 180_000, full: 900_000 }

/** The scenes of a story as tests: short, or full where `npm run stories -- --full` says so. */
export function testScenes(story: Story): void {
  const scale = process.env['STORIES_SCALE'] === 'full' ? 'full' : 'short'
  const figuresFile = process.env['STORIES_FIGURES']
  const keepFailed = process.env['STORIES_KEEP_FAILED'] === 'true'
  for (const scene of story.scenes.filter(({ isOnlyFull = false }) => scale === 'full' || !isOnlyFull)) {
    test(
      scene.name,
      async () => {
        const figures = await play(scene, {
          scale,
          keepFailed,
          onFailure: (description) => process.stderr.write(description),
        })
        if (figuresFile !== undefined)
          appendFileSync(figuresFile, `${JSON.stringify({ scene: scene.name, figures })}\n`)
      },
      limitMs[scale],
    )
  }
}

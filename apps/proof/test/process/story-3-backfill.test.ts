import { backfill } from '../../src/stories/story-3-backfill.ts'
import { testScenes } from '../support/scenes.ts'

testScenes(backfill)

import { timing } from '../../src/stories/story-6-timing.ts'
import { testScenes } from '../support/scenes.ts'

testScenes(timing)

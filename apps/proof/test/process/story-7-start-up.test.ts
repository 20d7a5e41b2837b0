import { startUp } from '../../src/stories/story-7-start-up.ts'
import { testScenes } from '../support/scenes.ts'

testScenes(startUp)

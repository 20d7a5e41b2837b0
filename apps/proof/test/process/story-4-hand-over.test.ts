import { handOverLeadership } from '../../src/stories/story-4-hand-over.ts'
import { testScenes } from '../support/scenes.ts'

testScenes(handOverLeadership)

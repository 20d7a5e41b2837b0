import { stallTheLeader } from '../../src/stories/story-5-stall.ts'
import { testScenes } from '../support/scenes.ts'

testScenes(stallTheLeader)

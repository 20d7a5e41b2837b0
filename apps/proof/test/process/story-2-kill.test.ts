import { killTheLeader } from '../../src/stories/story-2-kill.ts'
import { testScenes } from '../support/scenes.ts'

testScenes(killTheLeader)

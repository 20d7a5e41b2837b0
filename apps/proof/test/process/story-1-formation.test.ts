import { formation } from '../../src/stories/story-1-formation.ts'
import { testScenes } from '../support/scenes.ts'

testScenes(formation)

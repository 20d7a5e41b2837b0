import { formation } from './story-1-formation.ts'
import { killTheLeader } from './story-2-kill.ts'
import { backfill } from './story-3-backfill.ts'
import { handOverLeadership } from './story-4-hand-over.ts'
import { stallTheLeader } from './story-5-stall.ts'
import { timing } from './story-6-timing.ts'
import { startUp } from './story-7-start-up.ts'
import type { Story } from './story.ts'

/** In the order in which they are told. */
export const allStories: readonly Story[] = [
  formation,
  killTheLeader,
  backfill,
  handOverLeadership,
  stallTheLeader,
  timing,
  startUp,
]

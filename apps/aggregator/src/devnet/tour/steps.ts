import { backfillStep } from './backfill-step.ts'
import { electStep } from './elect-step.ts'
import { killStep } from './kill-step.ts'
import { pauseStep } from './pause-step.ts'
import type { Step } from './step.ts'
import { transactionsStep } from './transactions-step.ts'
import { verifyStep } from './verify-step.ts'

/** The tour, in order. */
export const steps: readonly Step[] = [electStep, transactionsStep, killStep, pauseStep, backfillStep, verifyStep]

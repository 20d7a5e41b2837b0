import type { DevnetEvent } from '../audit/events.ts'

/** Where a devnet is shown while it runs. */
export interface Screen {
  /** An event is over and its text final. */
  onEvent(event: DevnetEvent): void
  /** The tour goes on to its next step. */
  onStep(text: string): void
  /** Shows the last state and lets go of the terminal. */
  close(): Promise<void>
}

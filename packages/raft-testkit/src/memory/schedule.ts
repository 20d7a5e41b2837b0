/** Runs an action soon, in the order of asking, and never within the call: the event loop's `setImmediate`, or a test's own. */
export type Schedule = (action: () => void) => void

/** In the next turn of the event loop. */
export const nextTurn: Schedule = (action) => void setImmediate(action)

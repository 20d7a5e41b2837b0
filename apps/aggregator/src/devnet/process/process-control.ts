/** What a node's process does. */
export type ProcessState =
  | { readonly kind: 'up' }
  /** Stopped by SIGSTOP. */
  | { readonly kind: 'paused' }
  /** Ended; started again at `backAt` on the clock, or by `start` only. */
  | { readonly kind: 'down'; readonly backAt: number | undefined }
  /** Asked to stop. */
  | { readonly kind: 'stopping' }

/** Starts, hurts and ends the processes of nodes. What does not fit a node's state does nothing. */
export interface ProcessControl {
  state(id: string): ProcessState
  /** Of the process that runs; undefined when none does. */
  pid(id: string): number | undefined
  /** Starts a node that is down. */
  start(id: string): void
  /** SIGKILL. The node comes back by itself after a while. */
  kill(id: string): void
  /** SIGSTOP: the process stays and its connections too, it only does nothing. */
  pause(id: string): void
  resume(id: string): void
  /** SIGTERM, and SIGKILL when that takes too long or `hurry` aborts. Resolves when it ended; it stays away until `start`. */
  stop(id: string, hurry: AbortSignal): Promise<void>
}

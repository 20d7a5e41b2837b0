import { fileURLToPath } from 'node:url'

/** How to run the program that a node is: what to execute, and the arguments before ours. */
export interface NodeProgram {
  readonly command: string
  readonly args: readonly string[]
}

/** This program, on this Node. The path holds for `src/` and for `dist/`. */
export const thisProgram: NodeProgram = {
  command: process.execPath,
  args: [fileURLToPath(new URL('../../../bin/aggregator.js', import.meta.url))],
}

/** Our environment without what would configure every node alike. */
export function nodeEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AGGREGATOR_')))
}

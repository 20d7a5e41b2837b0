import type { Command } from 'commander'
import { openLogger } from '../observe/logger.ts'
import { logWarnings, readConfig } from './read-config.ts'

const stopSignals = ['SIGTERM', 'SIGINT'] as const

/** `aggregator start`: runs a node until SIGTERM or Ctrl-C; a graceful stop ends with exit code 0. */
export function registerStart(program: Command, configArgs: readonly string[]): void {
  program
    .command('start')
    .aliases(['node', 'run'])
    .description('run a node of the home')
    .action(() => start(configArgs))
}

async function start(configArgs: readonly string[]): Promise<void> {
  const result = readConfig(configArgs, 'start')
  const { config } = result
  const logger = openLogger(config.log)
  logWarnings(result, logger)
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'stopping')
    stop.abort(new Error(`stopped by ${signal}`))
  }
  for (const signal of stopSignals) process.once(signal, onSignal)
  try {
    // The other commands do without what a node is made of.
    const { openNode } = await import('../node/open-node.ts')
    const node = await openNode(config, logger)
    await node.run(stop.signal)
  } finally {
    for (const signal of stopSignals) process.off(signal, onSignal)
  }
}

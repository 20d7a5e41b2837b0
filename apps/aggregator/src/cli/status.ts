import type { Command } from 'commander'
import { formatHostPort } from '../config/index.ts'
import { AggregatorError } from '../errors.ts'
import { readConfig } from './read-config.ts'

/** How long a node may take to answer. */
const patienceMs = 5000

/** `aggregator status`: what the running node of this home says of itself, as JSON on stdout. */
export function registerStatus(program: Command, configArgs: readonly string[]): void {
  program
    .command('status')
    .description('ask the running node of the home how it is')
    .action(async () => {
      const { address } = readConfig(configArgs, 'other').config.rpc
      const url = `http://${formatHostPort({ ...address, host: address.host || '127.0.0.1' })}/status`
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
        process.stdout.write(`${JSON.stringify(await answer.json(), null, 2)}\n`)
      } catch (cause) {
        throw new AggregatorError('NOT_REACHABLE', `no node answers at ${url}; is it running? see rpc.address`, {
          cause,
        })
      }
    })
}

/**
 * The aggregator's command line as a function: arguments in, exit code out.
 *
 * @packageDocumentation
 */
export { main } from './cli/main.ts'

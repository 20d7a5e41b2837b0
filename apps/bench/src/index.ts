/**
 * Benchmarks as functions: arguments in, exit code out; the last line on stdout is JSON.
 *
 * @packageDocumentation
 */
export { benchmark } from './benchmark.ts'
export { LogCluster } from './log/log-cluster.ts'
export { serveLogNode } from './log/log-node.ts'

/**
 * The aggregator's command line as a function: arguments in, exit code out. With it the documents that a node answers over HTTP.
 *
 * @packageDocumentation
 */
export { main } from './cli/main.ts'
export type {
  BackfillDocument,
  BlockDocument,
  PeerDocument,
  RaftNodeDocument,
  StatusDocument,
  SubmissionDocument,
  TransactionDocument,
} from './rpc/node-view.ts'

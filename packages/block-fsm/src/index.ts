/**
 * ev-node's messages as generated from proto/evnode/v1.
 *
 * @packageDocumentation
 */
export { evnode } from '../gen/evnode.js'

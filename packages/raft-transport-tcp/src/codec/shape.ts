import type { raft } from '../../gen/raft.js'

type Wire = typeof raft.v1

/** What generated code takes for a message of proto/raft/v1. */
export type Shape<Name extends keyof Wire> = Wire[Name] extends { encode(message: infer Properties): unknown }
  ? Properties
  : never

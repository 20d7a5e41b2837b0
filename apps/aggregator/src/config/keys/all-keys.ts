import { daKeys } from './da-keys.ts'
import { generalKeys } from './general-keys.ts'
import { instrumentationKeys } from './instrumentation-keys.ts'
import type { KeySpec, Section } from './key-spec.ts'
import { kvKeys } from './kv-keys.ts'
import { logKeys } from './log-keys.ts'
import { nodeKeys } from './node-keys.ts'
import { p2pKeys } from './p2p-keys.ts'
import { pruningKeys } from './pruning-keys.ts'
import { raftKeys } from './raft-keys.ts'
import { rpcKeys } from './rpc-keys.ts'
import { signerKeys } from './signer-keys.ts'

/** A section with its title and its name in files; the keys without a section have the name ''. */
export interface NamedSection {
  readonly name: string
  readonly title: string
  readonly keys: Section
}

/** Every section, in the order in which help, the written file and the documentation show them. */
export const allSections: readonly NamedSection[] = [
  { name: '', title: 'General', keys: generalKeys },
  { name: 'node', title: 'Node', keys: nodeKeys },
  { name: 'raft', title: 'Raft', keys: raftKeys },
  { name: 'p2p', title: 'P2P', keys: p2pKeys },
  { name: 'rpc', title: 'RPC', keys: rpcKeys },
  { name: 'signer', title: 'Signer', keys: signerKeys },
  { name: 'kv', title: 'Key-value executor', keys: kvKeys },
  { name: 'instrumentation', title: 'Instrumentation', keys: instrumentationKeys },
  { name: 'log', title: 'Log', keys: logKeys },
  { name: 'da', title: 'DA', keys: daKeys },
  { name: 'pruning', title: 'Pruning', keys: pruningKeys },
]

/** Every key, in the same order. */
export const allKeys: readonly KeySpec[] = allSections.flatMap((section) => Object.values(section.keys))

const byKey: ReadonlyMap<string, KeySpec> = new Map(allKeys.map((spec) => [spec.key, spec]))

/** The key of this full name, e.g. `raft.node_id`. */
export function findKey(key: string): KeySpec | undefined {
  return byKey.get(key)
}

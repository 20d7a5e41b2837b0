import type { generalKeys } from './keys/general-keys.ts'
import type { instrumentationKeys } from './keys/instrumentation-keys.ts'
import type { SectionConfig } from './keys/key-spec.ts'
import type { kvKeys } from './keys/kv-keys.ts'
import type { logKeys } from './keys/log-keys.ts'
import type { nodeKeys } from './keys/node-keys.ts'
import type { p2pKeys } from './keys/p2p-keys.ts'
import type { raftKeys } from './keys/raft-keys.ts'
import type { rpcKeys } from './keys/rpc-keys.ts'
import type { signerKeys } from './keys/signer-keys.ts'
import type { Peer } from './values/peers.ts'

/**
 * The whole configuration, validated and frozen. Durations are milliseconds (`…Ms`), sizes bytes (`…Bytes`), paths
 * absolute. What could be derived is: no value means "decide yourself" except an unset `raft.raftAddr`.
 *
 * The types come from the key table; a recognised key without effect is not here.
 */
export interface Config extends SectionConfig<typeof generalKeys> {
  /** `aggregator` is on also when only `raft.enable` is. */
  readonly node: SectionConfig<typeof nodeKeys>
  readonly raft: RaftConfig
  readonly p2p: SectionConfig<typeof p2pKeys>
  readonly rpc: SectionConfig<typeof rpcKeys>
  readonly signer: SectionConfig<typeof signerKeys>
  readonly kv: SectionConfig<typeof kvKeys>
  readonly instrumentation: SectionConfig<typeof instrumentationKeys>
  readonly log: SectionConfig<typeof logKeys>
}

/** `raft.*` with what follows from it. */
export interface RaftConfig extends SectionConfig<typeof raftKeys> {
  /** Address, `host:port`, at which the other voters dial this node: its entry in peers, `advertise_addr` or `raft_addr`. */
  readonly advertisedAddress: string
  /** Every voter that the configuration names, this node included, sorted by id. One voter when `enable` is off. */
  readonly voters: readonly Peer[]
}

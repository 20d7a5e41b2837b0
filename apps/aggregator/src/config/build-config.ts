import { join } from 'node:path'
import type { Config, RaftConfig } from './config.ts'
import { allSections } from './keys/all-keys.ts'
import type { Section } from './keys/key-spec.ts'
import type { ResolvedKeys } from './merge.ts'
import { formatHostPort } from './values/host-port.ts'
import type { Peer } from './values/peers.ts'

/** Name and address of the only voter when Raft is off and neither is set; nobody dials it. */
const onlyVoter: Peer = { id: 'node-1', address: '127.0.0.1:5001' }

/** Nests the values of the keys as `Config` names them and derives what was left open. Deeply frozen. */
export function buildConfig(keys: ResolvedKeys): Config {
  const nested: Record<string, unknown> = {}
  for (const section of allSections) {
    const values = sectionValues(section.keys, keys)
    if (Object.keys(values).length === 0) continue
    if (section.name === '') Object.assign(nested, values)
    else nested[section.name] = values
  }
  // The key table is where both the type and these objects come from.
  return deepFreeze(derive(nested as unknown as WrittenConfig, keys.get('node.aggregator')!.source.kind === 'default'))
}

type WrittenConfig = Omit<Config, 'raft'> & { readonly raft: Omit<RaftConfig, 'advertisedAddress' | 'voters'> }

function sectionValues(section: Section, keys: ResolvedKeys): Record<string, unknown> {
  const used = Object.entries(section).filter(([, spec]) => spec.inert === undefined)
  return Object.fromEntries(used.map(([property, spec]) => [property, keys.get(spec.key)!.value]))
}

function derive(written: WrittenConfig, isAggregatorUnset: boolean): Config {
  const { node, raft, signer } = written
  return {
    ...written,
    node: { ...node, aggregator: node.aggregator || (isAggregatorUnset && raft.enable) },
    raft: deriveRaft(raft, written.home),
    signer: { ...signer, passphraseFile: signer.passphraseFile || join(signer.signerPath, 'passphrase') },
  }
}

function deriveRaft(raft: WrittenConfig['raft'], home: string): RaftConfig {
  const nodeId = raft.enable ? raft.nodeId : raft.nodeId || onlyVoter.id
  const listed = raft.enable ? raft.peers.find((peer) => peer.id === nodeId) : undefined
  const own = raft.advertiseAddr ?? raft.raftAddr
  const advertisedAddress = listed?.address ?? (own ? formatHostPort(own) : onlyVoter.address)
  const others = raft.enable ? raft.peers.filter((peer) => peer.id !== nodeId) : []
  return {
    ...raft,
    nodeId,
    raftDir: raft.raftDir || join(home, 'raft'),
    electionTimeoutMs: raft.electionTimeoutMs || Math.max(raft.heartbeatTimeoutMs, 2 * raft.leaderLeaseTimeoutMs),
    advertisedAddress,
    voters: [...others, { id: nodeId, address: advertisedAddress }].sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}

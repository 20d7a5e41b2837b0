import { join } from 'node:path'
import { formatDuration } from '../../config/values/duration.ts'
import type { DevnetPlan, PlannedNode } from './plan.ts'

// The log covers a pause of ten seconds with room, so that a short absence needs no snapshot and a longer one soon does.
const trailingSeconds = 15
const snapshotSeconds = 5

/** Entries kept behind a snapshot, and entries from one snapshot to the next: one entry is about one block. */
export function logLimits(blockTimeMs: number): { readonly trailing: number; readonly threshold: number } {
  const entriesIn = (seconds: number): number => Math.max(5, Math.ceil((seconds * 1000) / blockTimeMs))
  return { trailing: entriesIn(trailingSeconds), threshold: entriesIn(snapshotSeconds) }
}

/** The arguments of `aggregator init` for a node; all but the first join the first one's chain. */
export function initFlags({ chainId, nodes }: DevnetPlan, node: PlannedNode): readonly string[] {
  const [first] = nodes
  const chain = node === first ? [`--chain_id=${chainId}`] : [`--from=${first!.home}`]
  return ['init', `--home=${node.home}`, ...chain]
}

/** The arguments of `aggregator start` for a node. Every peer id must be known. */
export function startFlags({ blockTimeMs, nodes }: DevnetPlan, node: PlannedNode): readonly string[] {
  const { trailing, threshold } = logLimits(blockTimeMs)
  const raftPeers = nodes.map(({ id, raft }) => `${id}@127.0.0.1:${raft}`)
  const p2pPeers = nodes
    .filter((other) => other !== node)
    .map(({ p2p, peerId }) => `/ip4/127.0.0.1/tcp/${p2p}/p2p/${peerId}`)
  return [
    'start',
    `--home=${node.home}`,
    '--node.aggregator=true',
    `--node.block_time=${formatDuration(blockTimeMs)}`,
    `--rpc.address=127.0.0.1:${node.rpc}`,
    '--raft.enable=true',
    `--raft.node_id=${node.id}`,
    `--raft.raft_addr=127.0.0.1:${node.raft}`,
    `--raft.raft_dir=${join(node.home, 'raft')}`,
    '--raft.bootstrap=true',
    `--raft.peers=${raftPeers.join(',')}`,
    // Calmer than the production guide's 100ms: the nodes share this machine with whatever else its owner does. A killed
    // leader is noticed by its closed connections in any case.
    '--raft.heartbeat_timeout=250ms',
    '--raft.leader_lease_timeout=500ms',
    `--raft.snapshot_threshold=${threshold}`,
    `--raft.trailing_logs=${trailing}`,
    '--raft.snapshot_interval=1s',
    `--p2p.listen_address=/ip4/127.0.0.1/tcp/${node.p2p}`,
    ...(p2pPeers.length > 0 ? [`--p2p.peers=${p2pPeers.join(',')}`] : []),
    '--instrumentation.prometheus=true',
    `--instrumentation.prometheus_listen_addr=127.0.0.1:${node.metrics}`,
  ]
}

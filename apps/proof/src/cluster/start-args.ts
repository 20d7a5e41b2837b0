import type { Place } from './place.ts'

/**
 * The arguments that start a node in its place. `peerIds` are the libp2p identities that `init` printed; `extra` come last and
 * win.
 */
export function startArgs(
  place: Place,
  all: readonly Place[],
  peerIds: ReadonlyMap<string, string>,
  extra: readonly string[],
): readonly string[] {
  const raftPeers = all.map(({ id, host, raftPort }) => `${id}@${host}:${raftPort}`)
  const others = all.filter((other) => other !== place)
  const p2pPeers = others.map(({ id, host, p2pPort }) => `/ip4/${host}/tcp/${p2pPort}/p2p/${peerIds.get(id)}`)
  const own = [
    'start',
    `--home=${place.home}`,
    '--node.aggregator',
    '--node.block_time=100ms',
    '--raft.enable',
    `--raft.node_id=${place.id}`,
    `--raft.raft_addr=${place.host}:${place.raftPort}`,
    '--raft.bootstrap=true',
    `--raft.peers=${raftPeers.join(',')}`,
    '--raft.heartbeat_timeout=500ms',
    '--raft.leader_lease_timeout=400ms',
    `--rpc.address=${place.host}:${place.rpcPort}`,
    `--p2p.listen_address=/ip4/${place.host}/tcp/${place.p2pPort}`,
    `--p2p.peers=${p2pPeers.join(',')}`,
    '--instrumentation.prometheus=true',
    `--instrumentation.prometheus_listen_addr=${place.host}:${place.metricsPort}`,
  ]
  const names = new Set(extra.map(nameOf))
  return [...own.filter((arg) => !names.has(nameOf(arg))), ...extra]
}

function nameOf(arg: string): string {
  return arg.split('=', 1)[0]!
}

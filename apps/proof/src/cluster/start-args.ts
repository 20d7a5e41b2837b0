import type { Place } from './place.ts'

/** The arguments that start a node in its place; `extra` come last and win. */
export function startArgs(place: Place, all: readonly Place[], extra: readonly string[]): readonly string[] {
  const raftPeers = all.map(({ id, host, raftPort }) => `${id}@${host}:${raftPort}`).join(',')
  const own = [
    'start',
    `--home=${place.home}`,
    '--node.aggregator',
    '--node.block_time=200ms',
    '--raft.enable',
    `--raft.node_id=${place.id}`,
    `--raft.raft_addr=${place.host}:${place.raftPort}`,
    '--raft.bootstrap=true',
    `--raft.peers=${raftPeers}`,
    '--raft.heartbeat_timeout=500ms',
    '--raft.leader_lease_timeout=400ms',
    `--rpc.address=${place.host}:${place.rpcPort}`,
    `--p2p.listen_address=/ip4/${place.host}/tcp/${place.p2pPort}`,
  ]
  const names = new Set(extra.map(nameOf))
  return [...own.filter((arg) => !names.has(nameOf(arg))), ...extra]
}

function nameOf(arg: string): string {
  return arg.split('=', 1)[0]!
}

/** Where one node listens, all on 127.0.0.1. */
export interface NodePorts {
  readonly rpc: number
  readonly raft: number
  readonly p2p: number
  readonly metrics: number
}

const wellKnown: NodePorts = { rpc: 7331, raft: 5001, p2p: 7676, metrics: 26660 }

/** The ports of each node: well-known ones without `basePort`, else four groups of a hundred from it on. */
export function plannedPorts(nodes: number, basePort: number | undefined): readonly NodePorts[] {
  const { rpc, raft, p2p, metrics } = basePort === undefined ? wellKnown : groupsFrom(basePort)
  return Array.from({ length: nodes }, (_, i) => ({
    rpc: rpc + i,
    raft: raft + i,
    p2p: p2p + i,
    metrics: metrics + i,
  }))
}

function groupsFrom(port: number): NodePorts {
  return { rpc: port, raft: port + 100, p2p: port + 200, metrics: port + 300 }
}

/** All numbers of them, in order. */
export function portNumbers(ports: readonly NodePorts[]): readonly number[] {
  return ports.flatMap(({ rpc, raft, p2p, metrics }) => [rpc, raft, p2p, metrics])
}

/** One word for a cluster, and what it means. */
export interface Health {
  readonly word: 'FORMING' | 'HEALTHY' | 'AT RISK' | 'HALTED' | 'UNSAFE'
  readonly explanation: string
}

export interface HealthInput {
  readonly nodes: number
  /** Nodes that answer and follow or lead. */
  readonly healthyNodes: number
  readonly blockTimeMs: number
  /** Since the newest block was first seen; undefined before the first. */
  readonly tipAgeMs: number | undefined
  /** Things that must never happen and did. */
  readonly alarms: number
}

// Five slots, and never so soon that an ordinary failover counts.
const haltedSlots = 5
const haltedAtLeastMs = 3000

/** The worst that is true. */
export function healthOf({ nodes, healthyNodes, blockTimeMs, tipAgeMs, alarms }: HealthInput): Health {
  if (alarms > 0) return { word: 'UNSAFE', explanation: 'something happened that never may; see the events' }
  if (tipAgeMs === undefined) return { word: 'FORMING', explanation: `${healthyNodes} of ${nodes} nodes are there` }
  if (tipAgeMs > Math.max(haltedAtLeastMs, haltedSlots * blockTimeMs)) {
    return { word: 'HALTED', explanation: `${healthyNodes} of ${nodes} nodes are there` }
  }
  const spare = healthyNodes - (Math.floor(nodes / 2) + 1)
  if (spare < 1) return { word: 'AT RISK', explanation: 'one more failure stops the chain' }
  return { word: 'HEALTHY', explanation: `survives ${spare} more ${spare === 1 ? 'failure' : 'failures'}` }
}

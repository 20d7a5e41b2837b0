import type { RaftNode } from 'raft-core'

/** Keep `inFlight` proposals of `payloadBytes` under way for `ms`, after `warmUpMs` that does not count. */
export interface LoadRequest {
  readonly payloadBytes: number
  readonly inFlight: number
  readonly ms: number
  readonly warmUpMs: number
}

export interface LoadResult {
  readonly entries: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly cpuSeconds: number
  readonly rssBytes: number
}

/** Closed loop inside the leader's process. Rejects when a proposal fails. */
export async function driveLoad(node: RaftNode<number>, request: LoadRequest): Promise<LoadResult> {
  const payload = new Uint8Array(request.payloadBytes).fill(7)
  const began = performance.now() + request.warmUpMs
  const end = began + request.ms
  const latencies: number[] = []
  let cpu = process.cpuUsage()
  let isWarm = request.warmUpMs === 0
  const lane = async (): Promise<void> => {
    for (let now = performance.now(); now < end; now = performance.now()) {
      await node.propose(payload)
      if (now >= began) latencies.push(performance.now() - now)
      if (isWarm || now < began) continue
      isWarm = true
      cpu = process.cpuUsage()
    }
  }
  await Promise.all(Array.from({ length: request.inFlight }, lane))
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort((a, b) => a - b)
  const at = (part: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(part * latencies.length))] ?? 0
  return {
    entries: latencies.length,
    seconds: (performance.now() - began) / 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: latencies.at(-1) ?? 0,
    cpuSeconds: (user + system) / 1e6,
    rssBytes: process.memoryUsage.rss(),
  }
}

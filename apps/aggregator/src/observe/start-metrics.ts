import { Registry } from 'prom-client'
import { type Config, formatHostPort } from '../config/index.ts'
import { AggregatorError } from '../errors.ts'
import { type RpcServer, startRpcServer } from '../rpc/server.ts'
import type { Logger } from './logger.ts'
import type { NodeMetrics } from './metrics/node-metrics.ts'
import { processMetrics } from './metrics/process-metrics.ts'
import type { MetricSources } from './metrics/sources.ts'

export interface StartMetricsOptions {
  /** Undefined when metrics are off: then nothing is started. */
  readonly metrics: NodeMetrics | undefined
  readonly sources: MetricSources
  readonly instrumentation: Pick<Config['instrumentation'], 'prometheusListenAddr'>
  readonly logger: Logger
}

/** Metrics that are served. */
export interface MetricsServer {
  readonly port: number
  /** Answers what was asked, then resolves; nothing of the node is read any more. */
  close(): Promise<void>
}

/** A scrape has no body; a monitoring system needs a few connections. */
const limits = { bodyBytes: 1024, connections: 64 }

/** Follows a node and serves what it does at `/metrics`. To be called before Raft starts. Rejects with `PORT_IN_USE`. */
export async function startMetrics(options: StartMetricsOptions): Promise<MetricsServer | undefined> {
  const { metrics, sources, logger } = options
  if (metrics === undefined) return undefined
  const server = await listen(options, metrics)
  logger.info({ port: server.port }, 'metrics are served')
  const closing = new AbortController()
  const watching = metrics.watch(sources, closing.signal).catch((error: unknown) => {
    logger.error({ err: error }, 'blocks are not counted any more')
  })
  return {
    port: server.port,
    close: async () => {
      await server.close()
      closing.abort(new Error('metrics are not served any more'))
      await watching
    },
  }
}

async function listen(options: StartMetricsOptions, metrics: NodeMetrics): Promise<RpcServer> {
  const { instrumentation, logger } = options
  const { host, port } = instrumentation.prometheusListenAddr
  const scrape = async (): Promise<string> => `${await metrics.text()}\n${await processMetrics()}`
  const routes = [
    {
      method: 'GET' as const,
      pattern: '/metrics',
      handle: async () => ({ status: 200, body: await scrape(), type: Registry.PROMETHEUS_CONTENT_TYPE }),
    },
  ]
  try {
    return await startRpcServer({ host, port, routes, limits, logger })
  } catch (cause) {
    const address = formatHostPort(instrumentation.prometheusListenAddr)
    throw new AggregatorError(
      'PORT_IN_USE',
      `instrumentation.prometheus_listen_addr ${address} cannot be listened on; use another`,
      { cause },
    )
  }
}

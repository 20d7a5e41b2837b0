import { collectDefaultMetrics, Registry } from 'prom-client'

let shared: Registry | undefined

/**
 * prom-client's own `process_*` and `nodejs_*` metrics in Prometheus' text format: CPU, memory, descriptors, event-loop lag,
 * pauses for garbage collection. They belong to the process and are watched once, however many nodes run in it.
 */
export function processMetrics(): Promise<string> {
  if (shared === undefined) {
    shared = new Registry()
    collectDefaultMetrics({ register: shared })
  }
  return shared.metrics()
}

import { once } from 'node:events'
import { createServer } from 'node:net'
import { pino } from 'pino'
import { MemoryHub } from 'raft-testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MetricsServer, startMetrics } from '../../src/observe/start-metrics.ts'
import { Member, newMetrics } from './support/member.ts'
import { parseSamples } from './support/samples.ts'

const logger = pino({ enabled: false })

let member: Member
let server: MetricsServer | undefined

beforeEach(() => {
  member = new Member(new MemoryHub(), 'a', ['a'])
  server = undefined
})

afterEach(async () => {
  await server?.close()
  await member.close()
})

function start(port = 0): Promise<MetricsServer | undefined> {
  const instrumentation = { prometheusListenAddr: { host: '127.0.0.1', port } }
  return startMetrics({ metrics: newMetrics('a'), sources: member.sources, instrumentation, logger })
}

function get(path: string, method = 'GET'): Promise<Response> {
  return fetch(`http://127.0.0.1:${server!.port}${path}`, { method })
}

test("a scrape is Prometheus' text, with the metrics of the node and of the process", async () => {
  server = await start()
  const answer = await get('/metrics')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const { types, values } = parseSamples(await answer.text())
  expect(types.get('raft_term')).toBe('gauge')
  expect(types.get('raft_leadership_changes_total')).toBe('counter')
  expect(types.get('aggregator_block_interval_seconds')).toBe('histogram')
  expect(types.get('nodejs_eventloop_lag_p99_seconds')).toBe('gauge')
  expect(types.get('nodejs_gc_duration_seconds')).toBe('histogram')
  expect(values.get('process_cpu_seconds_total')).toBeGreaterThan(0)
})

test('another path or method is refused with what there is', async () => {
  server = await start()
  const answer = await get('/')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND', hint: 'try /metrics' })
  expect((await get('/metrics', 'POST')).status).toBe(405)
})

test('a scrape that meets the end of the node is answered whole, and then nobody listens', async () => {
  server = await start()
  const { port } = server!
  const scrapes = Array.from({ length: 5 }, () => get('/metrics').then((answer) => answer.text()))
  const first = await Promise.race(scrapes)
  await server!.close()
  server = undefined
  const answers = await Promise.allSettled(scrapes)
  expect(parseSamples(first).values.get('raft_term')).toBe(0)
  for (const answer of answers)
    if (answer.status === 'fulfilled') expect(parseSamples(answer.value).types.size).toBeGreaterThan(0)
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow()
})

test('a port in use is one clear error that names the key', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(start(port)).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining(`instrumentation.prometheus_listen_addr 127.0.0.1:${port}`),
  })
  await once(other.close(), 'close')
})

test('without metrics nothing is started', async () => {
  const instrumentation = { prometheusListenAddr: { host: '127.0.0.1', port: 0 } }
  expect(await startMetrics({ metrics: undefined, sources: member.sources, instrumentation, logger })).toBeUndefined()
})

import { expect, test } from 'vitest'
import { accepted, clusterArgs, notedKeys, peerId, refusedKeys } from './load.ts'

test.each([
  ['127.0.0.1:7331', { host: '127.0.0.1', port: 7331 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  [':7331', { host: '', port: 7331 }],
])('rpc.address %s is understood', (text, address) => {
  expect(accepted({ args: [`--rpc.address=${text}`] }).rpc.address).toEqual(address)
})

test.each(['7331', 'localhost', 'localhost:http', '1.2.3:80', '[::1:80', '::1:80', 'a b:80', 'http://x:80', ''])(
  'rpc.address %j is refused',
  (text) => {
    expect(refusedKeys({ args: [`--rpc.address=${text}`] })).toEqual(['rpc.address'])
  },
)

test('the metrics server may listen on a port of every interface', () => {
  const args = ['--instrumentation.prometheus', '--instrumentation.prometheus_listen_addr=:26661']
  expect(accepted({ args }).instrumentation.prometheusListenAddr).toEqual({ host: '', port: 26661 })
})

test.each(['/ip4/0.0.0.0/tcp/7676', '/ip6/::/tcp/0', '/dns4/node-1.internal/tcp/26656'])(
  '%s is a place to listen for p2p',
  (text) => {
    expect(accepted({ args: [`--p2p.listen_address=${text}`] }).p2p.listenAddress).toBe(text)
  },
)

test.each([
  '0.0.0.0:7676',
  '/ip4/0.0.0.0',
  '/ip4/0.0.0.256/tcp/1',
  '/ip6/1.2.3.4/tcp/1',
  '/ip4/1.2.3.4/udp/1/quic-v1',
  '/ip4/1.2.3.4/tcp/65536',
  '/ip4/1.2.3.4/tcp/1/',
  `/ip4/1.2.3.4/tcp/1/p2p/${peerId}`,
  '',
])('%j is no place to listen for p2p', (text) => {
  expect(refusedKeys({ args: [`--p2p.listen_address=${text}`] })).toEqual(['p2p.listen_address'])
})

test('p2p peers are a list without duplicates', () => {
  const [a, b] = [`/dns/node-2/tcp/7676/p2p/${peerId}`, `/ip6/fd00::3/tcp/7676/p2p/${peerId}`]
  expect(accepted({ args: [`--p2p.peers=${a}, ${b},${a}`] }).p2p.peers).toEqual([a, b])
})

test.each(['/ip4/1.2.3.4/tcp/7676', '/ip4/1.2.3.4/tcp/7676/p2p/me', `/ip4/1.2.3.4/tcp/0/p2p/${peerId}`, peerId])(
  '%s is no p2p peer',
  (text) => {
    expect(refusedKeys({ args: [`--p2p.peers=${text}`] })).toEqual(['p2p.peers'])
  },
)

test('two servers of one node on one port are refused, whatever the host', () => {
  expect(refusedKeys({ args: ['--rpc.address=127.0.0.1:7676'] })).toEqual(['p2p.listen_address'])
  expect(refusedKeys({ args: clusterArgs({ 'rpc.address': '0.0.0.0:5001' }) })).toEqual(['raft.raft_addr'])
  const metrics = { 'instrumentation.prometheus_listen_addr': '127.0.0.1:7331' }
  expect(refusedKeys({ args: clusterArgs({ ...metrics, 'instrumentation.prometheus': 'true' }) })).toEqual([
    'instrumentation.prometheus_listen_addr',
  ])
  expect(refusedKeys({ args: clusterArgs(metrics) })).toEqual([])
  expect(refusedKeys({ args: ['--rpc.address=127.0.0.1:0', '--p2p.listen_address=/ip4/0.0.0.0/tcp/0'] })).toEqual([])
})

test('an RPC server for other hosts is a note of the check', () => {
  expect(notedKeys({ args: ['--rpc.address=:7331'] })).toContain('rpc.address')
  expect(notedKeys({})).not.toContain('rpc.address')
})

/**
 * Stands in for `aggregator init` and `aggregator start`, so that the devnet can be tested without a cluster: node-0 always
 * leads, and every node computes the same chain from the time in its home. What else a node does is in the environment:
 *
 * FAKE_CRASH=node-1 ends that node at its start, with a line in its log; FAKE_DEAF=node-1 makes it deaf to SIGTERM;
 * FAKE_BARREN=1 keeps every node from having blocks.
 */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const [command, ...flags] = process.argv.slice(2)
const given = new Map(flags.map((flag) => [flag.slice(2, flag.indexOf('=')), flag.slice(flag.indexOf('=') + 1)]))
const home = given.get('home')
const genesis = join(home, 'config', 'genesis.json')

if (command === 'init') init()
else start()

function init() {
  mkdirSync(join(home, 'config'), { recursive: true })
  if (given.has('from')) copyFileSync(join(given.get('from'), 'config', 'genesis.json'), genesis)
  else writeFileSync(genesis, String(Date.now()))
  writeFileSync(join(home, 'config', 'node_key.json'), newNodeKey())
}

/** As ev-node writes it: base64 of seed and public key, and of the public key. */
function newNodeKey() {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [seed, publicKey] = [d, x].map((part) => Buffer.from(part, 'base64url'))
  const priv_key = Buffer.concat([seed, publicKey]).toString('base64')
  return JSON.stringify({ priv_key, pub_key: publicKey.toString('base64') })
}

function start() {
  const id = given.get('raft.node_id')
  console.error(`${id} starts`)
  if (process.env.FAKE_CRASH === id) {
    console.error(`${id} cannot go on: its disk is full`)
    process.exit(3)
  }
  process.on('SIGTERM', () => {
    if (process.env.FAKE_DEAF !== id) process.exit(0)
  })
  const beganAt = Number(readFileSync(genesis, 'utf8'))
  const heightNow = () => (process.env.FAKE_BARREN ? 0 : Math.floor((Date.now() - beganAt) / 100))
  const [host, port] = given.get('rpc.address').split(':')
  createServer(({ url }, response) => {
    if (url === '/status') response.end(JSON.stringify(status(id, heightNow(), beganAt)))
    else if (url.startsWith('/blocks/')) response.end(JSON.stringify(block(Number(url.slice(8)))))
    else response.writeHead(202).end('{"hash":""}')
  }).listen(Number(port), host)
}

function status(id, height, beganAt) {
  return {
    node_id: id,
    pid: process.pid,
    role: id === 'node-0' ? 'leader' : 'follower',
    term: 1,
    leader_id: 'node-0',
    last_log_index: height,
    snapshot_index: 0,
    height,
    tip_height: height,
    tip_hash: hash(height),
    block_time: new Date(beganAt + 100 * height).toISOString(),
    ready: true,
    not_ready_reason: '',
    backfill: { active: false, from: 0, to: 0, done: 0 },
    peers: [],
  }
}

function block(height) {
  const signature = Buffer.from(hash(`signature ${height}`), 'hex').toString('base64')
  return { height, hash: hash(height), parent_hash: hash(height - 1), signature, txs: [] }
}

function hash(what) {
  return createHash('sha256').update(String(what)).digest('hex')
}

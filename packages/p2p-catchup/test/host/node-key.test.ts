import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeKey, loadNodeKey, loadOrCreateNodeKey } from 'p2p-catchup'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeOf } from '../support/code-of.ts'

let directory: string
let path: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'node-key-'))
  path = join(directory, 'config', 'node_key.json')
})

afterEach(() => rm(directory, { recursive: true }))

test('a created key is read back, and only its owner can read it', async () => {
  const created = await createNodeKey(path, randomBytes)
  expect(await loadNodeKey(path)).toMatchObject({ seed: Uint8Array.from(created.seed), peerId: created.peerId })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(created.peerId).toMatch(/^12D3KooW/)
})

test("a key in ev-node's format gives go-libp2p's peer id", async () => {
  // RFC 8032, test 1: seed and public key.
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
  const publicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
  await createNodeKey(path, () => Buffer.from(seed, 'hex'))
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    priv_key: Buffer.from(seed + publicKey, 'hex').toString('base64'),
    pub_key: Buffer.from(publicKey, 'hex').toString('base64'),
  })
  // The identity multihash of libp2p's PublicKey message.
  const { peerId } = await loadNodeKey(path)
  expect(peerId).toBe(base58(`002408011220${publicKey}`))
})

function base58(hex: string): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  const zeros = /^(?:00)*/.exec(hex)![0].length / 2
  let text = ''
  for (let rest = BigInt(`0x${hex}`); rest > 0n; rest /= 58n) text = alphabet[Number(rest % 58n)]! + text
  return '1'.repeat(zeros) + text
}

test('an existing key is never replaced', async () => {
  const first = await loadOrCreateNodeKey(path, randomBytes)
  expect((await loadOrCreateNodeKey(path, randomBytes)).peerId).toBe(first.peerId)
  expect(await codeOf(() => createNodeKey(path, randomBytes))).toBe('NODE_KEY_EXISTS')
  expect((await loadNodeKey(path)).peerId).toBe(first.peerId)
})

test.each([
  ['is not JSON', '{'],
  ['has no keys', '{}'],
  ['is null', 'null'],
  ['has a short private key', JSON.stringify({ priv_key: 'AAAA', pub_key: 'AAAA' })],
  [
    'has a public key that is not its own',
    JSON.stringify({ priv_key: Buffer.alloc(64).toString('base64'), pub_key: Buffer.alloc(32).toString('base64') }),
  ],
])('a key file that %s is refused', async (_, text) => {
  path = join(directory, 'node_key.json')
  await writeFile(path, text)
  expect(await codeOf(() => loadOrCreateNodeKey(path, randomBytes))).toBe('NODE_KEY_INVALID')
})

test('a missing key, and a path that cannot be used, have codes of their own', async () => {
  expect(await codeOf(() => loadNodeKey(path))).toBe('NODE_KEY_MISSING')
  await writeFile(join(directory, 'config'), '')
  expect(await codeOf(() => createNodeKey(path, randomBytes))).toBe('NODE_KEY_UNUSABLE')
})

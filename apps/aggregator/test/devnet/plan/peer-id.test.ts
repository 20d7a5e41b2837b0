import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPeerId } from '../../../src/devnet/plan/peer-id.ts'

let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'devnet-peer-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

test('the peer id of a node key is the one that libp2p gives it', async () => {
  const file = join(directory, 'node_key.json')
  await writeFile(file, JSON.stringify({ priv_key: '', pub_key: '6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=' }))
  expect(await readPeerId(file)).toBe('12D3KooWRawPbxPtP1eZaJpumGnyWX2DcUyd3RQnydr3eAto4Az7')
})

test('a file without a key is refused', async () => {
  const file = join(directory, 'node_key.json')
  await writeFile(file, '{}')
  await expect(readPeerId(file)).rejects.toThrow(/holds no Ed25519/)
})

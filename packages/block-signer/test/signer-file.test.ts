import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSignature } from 'block-fsm'
import { createSignerFile, keyFromSeed, openSignerFile } from 'block-signer'
import { expect, test } from 'vitest'
import { seed } from './support/chain.ts'
import { temporaryDirectory } from './support/temporary.ts'

const random = (length: number): Uint8Array => randomBytes(length)

test('a key is opened by its passphrase and no other; the file is for its owner only', async () => {
  const path = join(temporaryDirectory(), 'signer.json')
  const key = await createSignerFile({ path, passphrase: 'secret', seed, random })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const opened = await openSignerFile(path, 'secret')
  expect(opened.publicKey).toEqual(key.publicKey)
  expect(isSignature(opened.publicKey, Uint8Array.of(1), opened.sign(Uint8Array.of(1)))).toBe(true)
  await expect(openSignerFile(path, 'Secret')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
})

test("the file has ev-node's fields and sizes", async () => {
  const path = join(temporaryDirectory(), 'signer.json')
  await createSignerFile({ path, passphrase: 'p', seed, random })
  const file: Record<string, string> = JSON.parse(readFileSync(path, 'utf8'))
  const sizes = Object.fromEntries(
    Object.entries(file).map(([name, value]) => [name, Buffer.from(value, 'base64').length]),
  )
  expect(sizes).toEqual({ priv_key_encrypted: 64 + 16, nonce: 12, pub_key: 32, salt: 16 })
})

test('a key that is there is never overwritten', async () => {
  const path = join(temporaryDirectory(), 'signer.json')
  await createSignerFile({ path, passphrase: 'p', seed, random })
  const before = readFileSync(path)
  await expect(createSignerFile({ path, passphrase: 'q', seed, random })).rejects.toMatchObject({
    code: 'KEY_FILE_EXISTS',
  })
  expect(readFileSync(path)).toEqual(before)
})

test.each([
  ['no JSON', 'x'],
  ['no object', '7'],
  ['a missing field', '{"nonce":"AA=="}'],
  [
    'a short nonce',
    JSON.stringify({ priv_key_encrypted: 'A'.repeat(108), nonce: 'AA==', pub_key: 'A'.repeat(43) + '=', salt: 'AA==' }),
  ],
])('%s is a broken file', async (_name, text) => {
  const path = join(temporaryDirectory(), 'signer.json')
  writeFileSync(path, text)
  await expect(openSignerFile(path, 'p')).rejects.toMatchObject({ code: 'KEY_FILE_BROKEN' })
})

test('a file that is not there is told apart', async () => {
  await expect(openSignerFile(join(temporaryDirectory(), 'signer.json'), 'p')).rejects.toMatchObject({
    code: 'KEY_FILE_MISSING',
  })
})

test('Ed25519 of RFC 8032, test 1', () => {
  const key = keyFromSeed(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'))
  expect(Buffer.from(key.publicKey).toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  )
  expect(Buffer.from(key.sign(new Uint8Array(0))).toString('hex')).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
})

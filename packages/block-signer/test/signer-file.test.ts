import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSignature } from 'block-fsm'
import { createSignerFile, keyFromSeed, openSignerFile, type SignerFileWarning } from 'block-signer'
import { expect, test } from 'vitest'
import { seed } from './support/chain.ts'
import { temporaryDirectory } from './support/temporary.ts'

const random = (length: number): Uint8Array => randomBytes(length)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const vector = (name: string): string => fileURLToPath(new URL(`./vectors/${name}`, import.meta.url))

/** What ev-node's signer said of its own file. */
const evNode = {
  passphrase: 'correct horse',
  publicKey: 'c732fbb0ae1abb45f0357d57c9d6de6c567ae3c58f0c928af218e0c8eedb2225',
  signature:
    '58f4f7e09b21f2345a301cececdf4c24d4cd1b6a761c0560f4b79d10adb26edc5ca79666511dce38cda9326e2223f76a4703b073ba09ebf52674a20f862f5f0a',
}

test.each(['signer.json', 'signer-without-salt.json'])(
  '%s of ev-node is opened and signs as ev-node does',
  async (name) => {
    const warnings: SignerFileWarning['kind'][] = []
    const key = await openSignerFile(vector(name), evNode.passphrase, { onWarning: ({ kind }) => warnings.push(kind) })
    expect(hex(key.publicKey)).toBe(evNode.publicKey)
    expect(hex(key.sign(Buffer.from('ev-node')))).toBe(evNode.signature)
    expect(warnings.includes('weak-derivation')).toBe(name === 'signer-without-salt.json')
    await expect(openSignerFile(vector(name), 'battery staple')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
    await expect(openSignerFile(vector(name), '')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
  },
)

test('a key is opened by its passphrase and no other; the file is for its owner only', async () => {
  const path = join(temporaryDirectory(), 'signer.json')
  const key = await createSignerFile({ path, passphrase: 'secret', seed, random })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const opened = await openSignerFile(path, 'secret')
  expect(opened.publicKey).toEqual(key.publicKey)
  expect(isSignature(opened.publicKey, Uint8Array.of(1), opened.sign(Uint8Array.of(1)))).toBe(true)
  await expect(openSignerFile(path, 'Secret')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
})

test('a file that others may read is opened with a warning', async () => {
  const path = join(temporaryDirectory(), 'signer.json')
  await createSignerFile({ path, passphrase: 'secret', seed, random })
  const warnings: SignerFileWarning[] = []
  const options = { onWarning: (warning: SignerFileWarning) => warnings.push(warning) }
  await openSignerFile(path, 'secret', options)
  expect(warnings).toEqual([])
  chmodSync(path, 0o640)
  await openSignerFile(path, 'secret', options)
  expect(warnings).toEqual([{ kind: 'loose-permissions', path, mode: 0o640 }])
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

test('a key without a passphrase, with a short seed, or in no directory is not made', async () => {
  const path = join(temporaryDirectory(), 'signer.json')
  await expect(createSignerFile({ path, passphrase: '', seed, random })).rejects.toMatchObject({
    code: 'INVALID_OPTIONS',
  })
  await expect(createSignerFile({ path, passphrase: 'p', seed: new Uint8Array(31), random })).rejects.toMatchObject({
    code: 'INVALID_OPTIONS',
  })
  await expect(
    createSignerFile({ path: join(path, 'none', 'signer.json'), passphrase: 'p', seed, random }),
  ).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' })
})

const whole: Record<string, string> = JSON.parse(readFileSync(vector('signer.json'), 'utf8'))

test.each([
  ['no JSON', 'x'],
  ['no object', '7'],
  ['a missing field', JSON.stringify({ ...whole, pub_key: undefined })],
  ['a short nonce', JSON.stringify({ ...whole, nonce: 'AA==' })],
  ['a short salt', JSON.stringify({ ...whole, salt: 'AA==' })],
  ['a key of another length', JSON.stringify({ ...whole, pub_key: 'AA==' })],
  ["another key's public key", JSON.stringify({ ...whole, pub_key: Buffer.alloc(32, 1).toString('base64') })],
  ['nothing encrypted', JSON.stringify({ ...whole, priv_key_encrypted: 'AA==' })],
  ['something large', ' '.repeat(100_000)],
])('%s is a broken file', async (_name, text) => {
  const path = join(temporaryDirectory(), 'signer.json')
  writeFileSync(path, text)
  await expect(openSignerFile(path, evNode.passphrase)).rejects.toMatchObject({ code: 'KEY_FILE_BROKEN' })
})

test('a changed ciphertext does not open', async () => {
  const path = join(temporaryDirectory(), 'signer.json')
  const sealed = Buffer.from(whole['priv_key_encrypted']!, 'base64')
  sealed[3]! ^= 1
  writeFileSync(path, JSON.stringify({ ...whole, priv_key_encrypted: sealed.toString('base64') }))
  await expect(openSignerFile(path, evNode.passphrase)).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
})

test('a file that is not there is told apart from one that cannot be read', async () => {
  const directory = temporaryDirectory()
  await expect(openSignerFile(join(directory, 'signer.json'), 'p')).rejects.toMatchObject({ code: 'KEY_FILE_MISSING' })
  await expect(openSignerFile(directory, 'p')).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' })
})

test('Ed25519 of RFC 8032, test 1', () => {
  const key = keyFromSeed(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'))
  expect(hex(key.publicKey)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
  expect(hex(key.sign(new Uint8Array(0)))).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
})

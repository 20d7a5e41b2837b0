import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { operatorAnchor, signHeader } from 'block-fsm'
import { type GuardEvidence, guardedSigner, keyFromSeed, openGuard } from 'block-signer'
import { expect, test } from 'vitest'
import { committedChain, seed } from './support/chain.ts'
import { temporaryDirectory } from './support/temporary.ts'

const chain = committedChain(6)
const fork = committedChain(6, 1)
const stamp = { chainId: 'test', clusterId: 'ab' }

test('a block is recorded before it is signed, and signed again with the same bytes', async () => {
  const directory = temporaryDirectory()
  const guard = await openGuard({ directory, ...stamp })
  const signer = guardedSigner(keyFromSeed(seed), guard)
  const first = await signHeader(signer, chain[2]!)
  expect(guard.mark()).toEqual({ height: 3, hash: chain[2]!.hash })
  expect((await signHeader(signer, chain[2]!)).signature).toEqual(first.signature)
  const copy = join(temporaryDirectory(), 'copy')
  cpSync(directory, copy, { recursive: true })
  await signer.close()
  const reopened = await openGuard({ directory: copy, ...stamp })
  expect(reopened.recorded(3)).toEqual(chain[2]!.hash)
  await reopened.close()
})

test('another hash for a recorded height halts the signer for good, with evidence', async () => {
  const evidence: GuardEvidence[] = []
  const guard = await openGuard({
    directory: temporaryDirectory(),
    ...stamp,
    onEvidence: (found) => evidence.push(found),
  })
  const signer = guardedSigner(keyFromSeed(seed), guard)
  await signHeader(signer, chain[2]!)
  await expect(signHeader(signer, fork[2]!)).rejects.toMatchObject({ code: 'DOUBLE_SIGN' })
  await expect(signHeader(signer, chain[3]!)).rejects.toMatchObject({ code: 'DOUBLE_SIGN' })
  expect(evidence.map(({ height }) => height)).toEqual([3])
  await signer.close()
})

test('a height that a snapshot skipped is signed only when it is linked below a recorded one', async () => {
  const guard = await openGuard({ directory: temporaryDirectory(), ...stamp })
  const signer = guardedSigner(keyFromSeed(seed), guard)
  await guard.recordAnchor(operatorAnchor(5, chain[4]!.hash))
  await expect(signHeader(signer, chain[3]!)).rejects.toMatchObject({ code: 'UNLINKED' })
  await expect(guard.recordBelow(fork[3]!, fork[4]!)).rejects.toMatchObject({ code: 'UNLINKED' })
  await guard.recordBelow(chain[3]!, chain[4]!)
  await signHeader(signer, chain[3]!)
  expect(guard.mark()?.height).toBe(5)
  await signer.close()
})

test('what is forgotten cannot be signed any more; the mark stays', async () => {
  const guard = await openGuard({ directory: temporaryDirectory(), ...stamp })
  await guard.record(chain)
  await guard.forgetBelow(4)
  expect([guard.recorded(3), guard.recorded(4)]).toEqual([undefined, chain[3]!.hash])
  await expect(guard.record([chain[1]!])).rejects.toMatchObject({ code: 'UNLINKED' })
  expect(guard.mark()?.height).toBe(6)
  await guard.close()
})

test('a guard of another cluster, and one that is held, are refused', async () => {
  const directory = temporaryDirectory()
  const guard = await openGuard({ directory, ...stamp })
  await expect(openGuard({ directory, ...stamp })).rejects.toMatchObject({ code: 'GUARD_LOCKED' })
  await guard.close()
  await expect(openGuard({ directory, chainId: 'test', clusterId: 'cd' })).rejects.toMatchObject({
    code: 'GUARD_FOREIGN',
  })
})

test('only committed blocks of the own proposer are signed', async () => {
  const guard = await openGuard({ directory: temporaryDirectory(), ...stamp })
  const signer = guardedSigner(keyFromSeed(seed), guard)
  const lookalike = Object.create(chain[0]!) as (typeof chain)[number]
  await expect(signer.sign({ kind: 'header', block: lookalike })).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
  await signer.close()
  const other = guardedSigner(
    keyFromSeed(new Uint8Array(32)),
    await openGuard({ directory: temporaryDirectory(), ...stamp }),
  )
  await expect(other.sign({ kind: 'header', block: chain[0]! })).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
  await other.close()
  await expect(other.sign({ kind: 'header', block: chain[0]! })).rejects.toMatchObject({ code: expect.any(String) })
})

test('records of a call are taken in order, and a refused call changes nothing', async () => {
  const guard = await openGuard({ directory: temporaryDirectory(), ...stamp })
  await Promise.all([guard.record(chain.slice(0, 2)), guard.record(chain.slice(2, 4))])
  await expect(guard.record([chain[4]!], AbortSignal.abort())).rejects.toThrow()
  expect(guard.mark()?.height).toBe(4)
  await guard.close()
  await expect(guard.record([chain[4]!])).rejects.toMatchObject({ code: 'CLOSED' })
})

import { sha256, toHex } from 'block-fsm'
import { expect, test } from 'vitest'
import { encodedSnapshot } from '../support/snapshots.ts'
import { openWorld, transactions } from '../support/world.ts'

test('entries and snapshots are what they were: members of different versions share them', async () => {
  const world = openWorld()
  const [first, second] = transactions(1, 'a=1', 'b=2')
  const selection = world.select([{ ...first!, idempotencyKey: 'k1' }, second!], {
    refuse: (tx) => (tx === second!.bytes ? 'no' : undefined),
  })
  const { command } = world.candidate({ selection })
  world.run(command)
  expect(toHex(sha256(command))).toBe('ac60eadd8f4b2cebb57e21f6b74d90c1a4173aa82a27e34c74e9daaf0100dcb1')
  expect(toHex(sha256(await encodedSnapshot(world.fsm)))).toBe(
    '4f0537fc4d7ecdd8447caf738e9b0ea40f517a4b0b78acef26335ea749fcadc8',
  )
})

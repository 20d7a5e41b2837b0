import { BlockFsm, addressOf, buildCandidate, emptySelection, judge } from 'block-fsm'
import { encodeOpening } from 'raft-core'
import { expect, test } from 'vitest'

test('the example of the package documentation runs', () => {
  const publicKey = new Uint8Array(32)
  const fsm = new BlockFsm({
    chainId: 'my-chain',
    initialHeight: 1,
    genesisTimeNs: 1_700_000_000_000_000_000n,
    proposerAddress: addressOf(publicKey),
  })

  // What Raft does: it applies the entry that opens a term, then what the leader proposes.
  const leader = { id: 'node-0', incarnation: '00'.repeat(16) }
  const opening = encodeOpening({ clusterId: '11'.repeat(32), epoch: 0, leader, term: 1 })
  fsm.apply([{ index: 1, term: 1, type: 'opening', payload: opening }])

  // What the leader does: build on the tip, judge its own candidate, propose it.
  const genesisRoot = new Uint8Array(32)
  const nowNs = 1_700_000_001_000_000_000n
  const candidate = buildCandidate(fsm.state, { nowNs, appHash: genesisRoot, selection: emptySelection })
  expect(judge(fsm.state, candidate.command, 1, 2).kind).toBe('accepted')
  const [verdict] = fsm.apply([{ index: 2, term: 1, type: 'command', payload: candidate.command }])
  expect(verdict?.kind).toBe('accepted')

  // What everybody does: pull committed blocks.
  const read = fsm.blocks.read(1, 1024 * 1024)
  expect(read.kind === 'blocks' && read.blocks[0]?.block.hash).toEqual(candidate.hash)
})

import { expect, test } from 'vitest'
import type { NodeClient } from '../../../src/devnet/client/node-client.ts'
import { verifyChain } from '../../../src/devnet/tour/verify-chain.ts'
import type { BlockDocument } from '../../../src/rpc/node-view.ts'
import { blockOf, hashOf } from '../support/documents.ts'

const never = new AbortController().signal

function nodes(show: (id: string, height: number) => BlockDocument | undefined): ReadonlyMap<string, NodeClient> {
  return new Map(
    ['node-0', 'node-1', 'node-2'].map((id) => [
      id,
      {
        status: () => Promise.reject(new Error('not asked')),
        submit: () => Promise.reject(new Error('not asked')),
        block: async (height: number) => show(id, height),
      },
    ]),
  )
}

/** The chain as all have it, but for one height on one node. */
function except(id: string, height: number, block: BlockDocument | undefined): ReadonlyMap<string, NodeClient> {
  return nodes((where, which) => (where === id && which === height ? block : blockOf(which)))
}

test('a chain that is the same everywhere is right, and the way through it is told', async () => {
  const heights: number[] = []
  const clients = nodes((_id, height) => blockOf(height))
  expect(await verifyChain(clients, 20, never, (height) => heights.push(height))).toBeUndefined()
  expect(heights).toEqual([8, 16, 20])
})

test.each([
  ['a block is missing', except('node-1', 7, undefined), 'node-1 does not have block 7'],
  ['another hash', except('node-2', 9, blockOf(9, { hash: hashOf('x') })), 'node-0 and node-2 have different blocks 9'],
  [
    'another signature',
    except('node-1', 8, blockOf(8, { signature: 'eA==' })),
    'node-0 and node-1 have different signatures of block 8',
  ],
  ['another height', except('node-1', 4, blockOf(5)), 'node-1 shows block 5 for height 4'],
  [
    'a broken link, everywhere',
    nodes((_id, height) => blockOf(height, height === 17 ? { parent_hash: hashOf('x') } : {})),
    'block 17 of node-0 does not follow block 16',
  ],
])('%s: named', async (_what, clients, problem) => {
  expect(await verifyChain(clients, 20, never, () => undefined)).toBe(problem)
})

test('an interrupted verification is not a right chain', async () => {
  const clients = nodes((_id, height) => blockOf(height))
  expect(await verifyChain(clients, 20, AbortSignal.abort(), () => undefined)).toBe('interrupted')
})

import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import {
  addressOf,
  type BlockSigner,
  type CommittedBlock,
  completeBlock,
  dataCommitment,
  type ExecutedBlock,
  executeBlock,
  type Executor,
  type Header,
  headerAtAnchor,
  headerBelow,
  headerHash,
  operatorAnchor,
  signingBytes,
  zeroVersion,
} from 'block-fsm'

const noBytes = new Uint8Array(0)
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)])
const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
const publicKey = Uint8Array.from(Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url'))

/** A signer without a guard. */
export const signer: BlockSigner = {
  publicKey,
  isDeterministic: true,
  async sign(request) {
    return Uint8Array.from(sign(null, signingBytes(request), key))
  },
  async close() {},
}

export interface ChainOptions {
  readonly from?: number
  /** Makes another chain of the same heights. */
  readonly variant?: number
  /** Transactions of a block. */
  readonly txs?: (height: number) => readonly Uint8Array[]
}

/** Committed blocks of heights `from` (default 1) to `to`; block h has the transactions `h=0` and `h=1`. */
export function committedChain(
  to: number,
  { from = 1, variant = 0, txs = twoEach }: ChainOptions = {},
): CommittedBlock[] {
  const headers: Header[] = []
  for (let height = from; height <= to; height++) {
    const parent = headers.at(-1)
    headers.push({
      version: zeroVersion,
      height,
      timeNs: BigInt(height) * 1_000_000_000n + BigInt(variant),
      lastHeaderHash: parent ? headerHash(parent) : noBytes,
      dataHash: dataCommitment(txs(height)),
      appHash: rootAfter(height - 1),
      proposerAddress: addressOf(publicKey),
      validatorHash: noBytes,
      chainId: 'test',
    })
  }
  let child = headerAtAnchor(operatorAnchor(to, headerHash(headers.at(-1)!)), headers.at(-1)!)
  const committed = [child]
  for (const header of headers.slice(0, -1).toReversed()) {
    child = headerBelow(child, header)
    committed.unshift(child)
  }
  return committed.map((header) => completeBlock(header, txs(header.height), noBytes))
}

/** What {@link executed} gives as the root after a height. */
export function rootAfter(height: number): Uint8Array {
  return new Uint8Array(32).fill(height % 251)
}

/** Blocks as executed; every second transaction fails. */
export async function executed(
  blocks: readonly CommittedBlock[],
  rootOf: (height: number) => Uint8Array = rootAfter,
): Promise<ExecutedBlock[]> {
  const executor = {
    async executeBlock(block: CommittedBlock) {
      const results = block.data.txs.map((_, i) => ({ isOk: i % 2 === 0, log: i % 2 === 0 ? '' : 'no' }))
      return { stateRoot: rootOf(block.height), results }
    },
  } as unknown as Executor
  return Promise.all(blocks.map((block) => executeBlock(executor, block, noBytes)))
}

function twoEach(height: number): Uint8Array[] {
  return [0, 1].map((i) => Uint8Array.from(Buffer.from(`${height}=${i}`)))
}

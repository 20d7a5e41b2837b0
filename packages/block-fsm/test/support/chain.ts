import {
  type Block,
  type Header,
  addressOf,
  dataCommitment,
  dataHash,
  headerHash,
  metadataFor,
  zeroVersion,
} from 'block-fsm'
import { seededSigner } from './keys.ts'

export const proposer = seededSigner(7)
export const genesisTimeNs = 1_700_000_000_000_000_000n
const noBytes = new Uint8Array(0)

/** Blocks 1 to `length` of a chain; block h holds the transactions `h=0`, `h=1`, … */
export function makeChain(length: number, txsPerBlock = 2): Block[] {
  const blocks: Block[] = []
  for (let height = 1; height <= length; height++) blocks.push(nextBlock(blocks.at(-1), height, txsPerBlock))
  return blocks
}

function nextBlock(parent: Block | undefined, height: number, txsPerBlock: number): Block {
  const txs = Array.from({ length: txsPerBlock }, (_, i) => Uint8Array.from(Buffer.from(`${height}=${i}`)))
  const header: Header = {
    version: zeroVersion,
    height,
    timeNs: genesisTimeNs + BigInt(height) * 1_000_000_000n,
    lastHeaderHash: parent ? headerHash(parent.header) : noBytes,
    dataHash: dataCommitment(txs),
    appHash: Uint8Array.of(height - 1),
    proposerAddress: addressOf(proposer.publicKey),
    validatorHash: noBytes,
    chainId: 'c1',
  }
  return { header, data: { metadata: metadataFor(header, parent ? dataHash(parent.data) : noBytes), txs } }
}

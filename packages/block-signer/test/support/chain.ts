import {
  addressOf,
  type CommittedBlock,
  completeBlock,
  dataCommitment,
  type Header,
  headerAtAnchor,
  headerBelow,
  headerHash,
  operatorAnchor,
  zeroVersion,
} from 'block-fsm'
import { keyFromSeed } from 'block-signer'

export const seed: Uint8Array = new Uint8Array(32).fill(7)
const noBytes = new Uint8Array(0)
const proposerAddress = addressOf(keyFromSeed(seed).publicKey)

/** Committed blocks 1 to `length`; `variant` makes another chain of the same heights. */
export function committedChain(length: number, variant = 0): CommittedBlock[] {
  const headers: Header[] = []
  for (let height = 1; height <= length; height++) {
    const parent = headers.at(-1)
    headers.push({
      version: zeroVersion,
      height,
      timeNs: BigInt(height) * 1_000_000_000n + BigInt(variant),
      lastHeaderHash: parent ? headerHash(parent) : noBytes,
      dataHash: dataCommitment([]),
      appHash: new Uint8Array(32),
      proposerAddress,
      validatorHash: noBytes,
      chainId: 'test',
    })
  }
  const last = headers.at(-1)!
  let child = headerAtAnchor(operatorAnchor(last.height, headerHash(last)), last)
  const committed = [child]
  for (const header of headers.slice(0, -1).toReversed()) {
    child = headerBelow(child, header)
    committed.unshift(child)
  }
  return committed.map((header) => completeBlock(header, [], noBytes))
}

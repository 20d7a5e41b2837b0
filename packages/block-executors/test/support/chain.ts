import {
  type CommittedBlock,
  completeBlock,
  dataCommitment,
  type Header,
  headerAtAnchor,
  headerHash,
  operatorAnchor,
  zeroVersion,
} from 'block-fsm'

/** A committed block of these transactions; the rest does not matter to an executor. */
export function blockOf(height: number, ...txs: readonly (string | Uint8Array)[]): CommittedBlock {
  const bytes = txs.map((tx) => (typeof tx === 'string' ? Buffer.from(tx) : tx))
  const header: Header = {
    version: zeroVersion,
    height,
    timeNs: BigInt(height),
    lastHeaderHash: new Uint8Array(32),
    dataHash: dataCommitment(bytes),
    appHash: new Uint8Array(0),
    proposerAddress: new Uint8Array(32),
    validatorHash: new Uint8Array(0),
    chainId: 'test',
  }
  return completeBlock(headerAtAnchor(operatorAnchor(height, headerHash(header)), header), bytes, new Uint8Array(32))
}

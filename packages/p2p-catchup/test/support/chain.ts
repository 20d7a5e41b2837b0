import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import {
  addressOf,
  type Block,
  type CommittedBlock,
  type CommittedHeader,
  completeBlock,
  dataCommitment,
  dataHash,
  encodeHeader,
  encodeP2PData,
  encodeP2PSignedHeader,
  type Header,
  headerAtAnchor,
  headerBelow,
  headerHash,
  metadataFor,
  operatorAnchor,
  type SignedHeader,
  signerOf,
  verifySignature,
  zeroVersion,
} from 'block-fsm'
import { MemoryHistoryStore } from 'p2p-catchup'

export const chainId = 'c1'
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)])
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
const publicKey = Uint8Array.from(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32))
const noBytes = new Uint8Array(0)

export interface ChainOptions {
  /** Changes every hash of the chain from this height on. */
  readonly forkAt?: number
  readonly txBytes?: (height: number) => number
}

/** A signed chain: what an honest node holds. */
export class Chain {
  readonly blocks: readonly Block[]
  readonly signed: readonly SignedHeader[]

  constructor(blocks: readonly Block[]) {
    this.blocks = blocks
    this.signed = blocks.map(({ header }) => ({
      header,
      signature: Uint8Array.from(sign(null, encodeHeader(header), privateKey)),
      signer: signerOf(publicKey),
    }))
  }

  static make(length: number, options: ChainOptions = {}): Chain {
    const blocks: Block[] = []
    for (let height = 1; height <= length; height++) blocks.push(nextBlock(blocks.at(-1), height, options))
    return new Chain(blocks)
  }

  get length(): number {
    return this.blocks.length
  }

  header(height: number): Header {
    return this.blocks[height - 1]!.header
  }

  anchor(height: number = this.length): ReturnType<typeof operatorAnchor> {
    return operatorAnchor(height, headerHash(this.header(height)))
  }

  /** Encoded as peers exchange it. */
  headerItem(height: number): Uint8Array {
    return encodeP2PSignedHeader({ ...this.signed[height - 1]!, daHeightHint: 0n })
  }

  dataItem(height: number): Uint8Array {
    return encodeP2PData({ ...this.blocks[height - 1]!.data, daHeightHint: 0n })
  }

  /** Through the one door: hash links down from the tip, then data upwards. */
  committed(): readonly CommittedBlock[] {
    const headers: CommittedHeader[] = [headerAtAnchor(this.anchor(), this.header(this.length))]
    for (let height = this.length - 1; height >= 1; height--) {
      headers.unshift(headerBelow(headers[0]!, this.header(height)))
    }
    let last: Uint8Array = noBytes
    return headers.map((header, i) => {
      const block = completeBlock(header, this.blocks[i]!.data.txs, last)
      last = block.dataHash
      return block
    })
  }

  /** A store that holds blocks `from` through `to`, sealed. */
  async store(to: number = this.length, from = 1): Promise<MemoryHistoryStore> {
    const store = new MemoryHistoryStore()
    const blocks = this.committed().slice(from - 1, to)
    await store.putBlocks(blocks)
    await store.putSignatures(
      blocks.map((block) => {
        const { signature, signer } = this.signed[block.height - 1]!
        return verifySignature(block, signature, signer)
      }),
    )
    return store
  }
}

function nextBlock(parent: Block | undefined, height: number, options: ChainOptions): Block {
  const { forkAt = Number.POSITIVE_INFINITY, txBytes = () => 0 } = options
  const tx = Buffer.concat([Buffer.from(`${height}=${height}`), Buffer.alloc(txBytes(height), height)])
  const txs = height % 5 === 0 ? [] : [Uint8Array.from(tx), Uint8Array.from(Buffer.from(`x${height}=1`))]
  const header: Header = {
    version: zeroVersion,
    height,
    timeNs: 1_700_000_000_000_000_000n + BigInt(height) * 1_000_000_000n,
    lastHeaderHash: parent ? headerHash(parent.header) : noBytes,
    dataHash: dataCommitment(txs),
    appHash: Uint8Array.of(height % 256, height >= forkAt ? 1 : 0),
    proposerAddress: addressOf(publicKey),
    validatorHash: noBytes,
    chainId,
  }
  return { header, data: { metadata: metadataFor(header, parent ? dataHash(parent.data) : noBytes), txs } }
}

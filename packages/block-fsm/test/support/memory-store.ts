import type { BlockStore, CommittedBlock, HeaderSignature, StoredRecord } from 'block-fsm'

/** As much of a block store as stages need. */
export function memoryStore(): Pick<BlockStore, 'putBlocks' | 'putSignatures' | 'get'> & {
  damage(height: number, change: Partial<StoredRecord>): void
} {
  const blocks = new Map<number, CommittedBlock>()
  const signatures = new Map<number, HeaderSignature>()
  const changes = new Map<number, Partial<StoredRecord>>()
  return {
    async putBlocks(added) {
      for (const block of added) blocks.set(block.height, block)
    },
    async putSignatures(added) {
      for (const signature of added) signatures.set(signature.height, signature)
    },
    async get(height) {
      const block = blocks.get(height)
      const signature = signatures.get(height)
      return (
        block && {
          height,
          hash: block.hash,
          header: block.header,
          data: block.data,
          signature: signature && { signature: signature.signature, signer: signature.signer, isVerified: true },
          ...changes.get(height),
        }
      )
    },
    damage(height, change) {
      changes.set(height, change)
    },
  }
}

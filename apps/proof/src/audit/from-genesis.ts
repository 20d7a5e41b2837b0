import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlockDocument } from 'aggregator'
import {
  addressOf,
  equalBytes,
  headerHash,
  type Header,
  signerOf,
  toHex,
  transactionHash,
  verifyDataCommitment,
  verifyHeaderSignature,
  verifyLink,
  zeroVersion,
} from 'block-fsm'
import { ProofError } from '../errors.ts'

/** What is known before the first block. */
interface Origin {
  readonly chainId: string
  /** Raw Ed25519. */
  readonly proposerKey: Uint8Array
}

/**
 * Verifies a chain from its first block as a stranger would, who holds the genesis and the proposer's public key and trusts
 * nobody: each hash is computed again from the fields, each header names the one before, each signature is the proposer's, each
 * body is that of its header. `chain` starts at height 1.
 */
export async function verifyFromGenesis(home: string, chain: readonly BlockDocument[]): Promise<void> {
  const origin = await readOrigin(home)
  let parent: { height: number; hash: Uint8Array } = { height: 0, hash: new Uint8Array() }
  let parentTimeNs = 0n
  for (const block of chain) {
    const header = headerOf(block, origin)
    try {
      verifyLink(parent, header)
      const txs = block.txs.map(({ data }) => bytes(data, 'base64'))
      verifyDataCommitment(header, txs)
      verifyHeaderSignature({
        header,
        signature: bytes(block.signature, 'base64'),
        signer: signerOf(origin.proposerKey),
      })
      const hash = headerHash(header)
      if (toHex(hash) !== block.hash) throw new Error(`the fields hash to ${toHex(hash)}, not ${block.hash}`)
      if (header.timeNs <= parentTimeNs) throw new Error('its time is not after that of its parent')
      const wrong = block.txs.find((tx, i) => tx.hash !== toHex(transactionHash(txs[i]!)))
      if (wrong) throw new Error(`transaction ${wrong.hash} has another hash`)
      parent = { height: header.height, hash }
      parentTimeNs = header.timeNs
    } catch (cause) {
      throw new ProofError('AUDIT_FAILED', `block ${block.height}: ${(cause as Error).message}`, { cause })
    }
  }
}

async function readOrigin(home: string): Promise<Origin> {
  const read = async (name: string): Promise<Record<string, string>> =>
    JSON.parse(await readFile(join(home, 'config', name), 'utf8')) as Record<string, string>
  const genesis = await read('genesis.json')
  const proposerKey = bytes((await read('signer.json'))['pub_key']!, 'base64')
  if (!equalBytes(addressOf(proposerKey), bytes(genesis['proposer_address']!, 'base64'))) {
    throw new ProofError('AUDIT_FAILED', `the key in ${home} is not that of the genesis' proposer`)
  }
  return { chainId: genesis['chain_id']!, proposerKey }
}

function headerOf(block: BlockDocument, { chainId }: Origin): Header {
  return {
    version: zeroVersion,
    height: block.height,
    timeNs: timeNsOf(block),
    lastHeaderHash: bytes(block.parent_hash, 'hex'),
    dataHash: bytes(block.data_hash, 'hex'),
    appHash: bytes(block.app_hash, 'hex'),
    proposerAddress: bytes(block.proposer, 'hex'),
    validatorHash: new Uint8Array(),
    chainId,
  }
}

/** Unix nanoseconds of a block's time, which is RFC 3339 in UTC with nine digits of a second. */
export function timeNsOf({ time }: Pick<BlockDocument, 'time'>): bigint {
  const [seconds, fraction = ''] = time.replace('Z', '').split('.')
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

function bytes(text: string, encoding: 'hex' | 'base64'): Uint8Array {
  return Uint8Array.from(Buffer.from(text, encoding))
}

import { readFileSync } from 'node:fs'
import type { Data, Header } from 'block-fsm'

export interface HeaderVector {
  name: string
  header: Record<'block' | 'app' | 'height' | 'timeNs' | 'chainId', string> &
    Record<'lastHeaderHash' | 'dataHash' | 'appHash' | 'proposerAddress' | 'validatorHash', string> & {
      legacy?: Record<'lastCommitHash' | 'consensusHash' | 'lastResultsHash', string>
    }
  slim: string
  legacyForm: string
  hash: string
  signature: string
  unsigned: string
  signed: string
  envelopeSignature: string
  envelope: string
  p2p: string
  p2pWithoutHint: string
}

export interface DataVector {
  name: string
  txs: string[]
  metadata?: Record<'chainId' | 'height' | 'timeNs' | 'lastDataHash', string>
  bytes: string
  hash: string
  commitment: string
  signature: string
  signed?: string
  p2p?: string
  p2pWithoutHint?: string
}

/** What ev-node itself makes of fixed blocks; see vectors/README.md. */
export const vectors: {
  key: Record<'seed' | 'publicKey' | 'address' | 'libp2pPublicKey', string>
  headers: HeaderVector[]
  data: DataVector[]
  raftBlockState: Record<
    'height' | 'headerHeight' | 'dataHeight' | 'hash' | 'timeNs' | 'header' | 'data' | 'bytes',
    string
  >
} = JSON.parse(readFileSync(new URL('../vectors/ev-node.json', import.meta.url), 'utf8'))

export function headerOf({ header: fields }: HeaderVector): Header {
  return {
    version: { block: BigInt(fields.block), app: BigInt(fields.app) },
    height: Number(fields.height),
    timeNs: BigInt(fields.timeNs),
    lastHeaderHash: fromHex(fields.lastHeaderHash),
    dataHash: fromHex(fields.dataHash),
    appHash: fromHex(fields.appHash),
    proposerAddress: fromHex(fields.proposerAddress),
    validatorHash: fromHex(fields.validatorHash),
    chainId: fields.chainId,
    ...(fields.legacy && {
      legacy: {
        lastCommitHash: fromHex(fields.legacy.lastCommitHash),
        consensusHash: fromHex(fields.legacy.consensusHash),
        lastResultsHash: fromHex(fields.legacy.lastResultsHash),
      },
    }),
  }
}

export function dataOf({ metadata, txs }: DataVector): Data {
  return {
    ...(metadata && {
      metadata: {
        chainId: metadata.chainId,
        height: Number(metadata.height),
        timeNs: BigInt(metadata.timeNs),
        lastDataHash: fromHex(metadata.lastDataHash),
      },
    }),
    txs: txs.map(fromHex),
  }
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

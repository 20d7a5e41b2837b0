import { type ClaimedSignature, equalBytes, type Hash, type HeaderSignature, type Height, toHex } from 'block-fsm'
import { sealRecord } from '../disk/record.ts'
import type { Staging } from '../disk/staging.ts'
import { BlockStoreError } from '../errors.ts'
import { intervalAt, withInterval } from './intervals.ts'
import { hashAt } from './put-chain.ts'
import { encodeSignatureRow, part, partKey } from './rows.ts'
import type { Standing } from './standing.ts'

/** Stages verified signatures; the first one of a height stays. */
export async function putSignatures(staging: Staging<Standing>, signatures: readonly HeaderSignature[]): Promise<void> {
  for (const signature of signatures) {
    const { height } = signature
    if (await stage(staging, signature, true)) {
      staging.state = { ...staging.state, signed: withInterval(staging.state.signed, height, height) }
    }
  }
}

/** Stages what a peer claims, never over what is verified. */
export async function putClaims(staging: Staging<Standing>, claims: readonly ClaimedSignature[]): Promise<void> {
  for (const claim of claims) await stage(staging, claim, false)
}

/** False when a verified signature is there already. */
async function stage(staging: Staging<Standing>, claim: ClaimedSignature, isVerified: boolean): Promise<boolean> {
  const { height, hash, signature, signer } = claim
  await requireStored(staging, height, hash)
  if (intervalAt(staging.state.signed, height)) return false
  const key = partKey(height, part.signature)
  staging.put(key, sealRecord(key, encodeSignatureRow(signature, signer, isVerified)))
  return true
}

async function requireStored(staging: Staging<Standing>, height: Height, hash: Hash): Promise<void> {
  const stored = await hashAt(staging, height)
  if (stored && equalBytes(stored, hash)) return
  const found = stored ? `the store has ${toHex(stored)} there` : 'nothing is stored there'
  throw new BlockStoreError('NOT_STORED', `a signature of ${toHex(hash)} at height ${height}, but ${found}`)
}

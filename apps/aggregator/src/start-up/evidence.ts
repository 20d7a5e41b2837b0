import { type BlockStore, toHex } from 'block-fsm'
import type { Evidence } from './finding.ts'

const kind = 'fork-at-start'

/** Keeps two hashes of one height in the block store, once. */
export async function keepEvidence(
  store: Pick<BlockStore, 'evidence' | 'putEvidence'>,
  { ours, theirs }: Evidence,
  atMs: number,
): Promise<void> {
  const { height } = ours
  const bytes = Buffer.from(JSON.stringify({ ours: toHex(ours.hash), theirs: toHex(theirs.hash) }))
  const known = await store.evidence()
  if (known.some((other) => other.kind === kind && other.height === height && bytes.equals(other.bytes))) return
  await store.putEvidence({ kind, height, bytes, atMs })
}

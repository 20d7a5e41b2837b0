import { BlockError, type SignedHeader, verifyHeaderSignature } from 'block-fsm'

/** Verifications before the event loop gets its turn: two milliseconds. */
const perTurn = 16

/** Verifies signatures on this thread, with pauses in which everything else runs: some 5000 a second. */
export async function verifyHere(batch: readonly SignedHeader[], signal?: AbortSignal): Promise<readonly boolean[]> {
  const passed: boolean[] = []
  for (const signed of batch) {
    passed.push(passes(signed))
    if (passed.length % perTurn !== 0) continue
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
  }
  return passed
}

function passes(signed: SignedHeader): boolean {
  try {
    verifyHeaderSignature(signed)
    return true
  } catch (error) {
    if (error instanceof BlockError) return false
    throw error
  }
}

import { type KeyObject, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { type BlockSigner, isCommitted, signingBytes } from 'block-fsm'

/** A signer without a guard: its key comes from a seed byte. */
export function seededSigner(seed: number): BlockSigner {
  const key = seededKey(seed)
  return {
    publicKey: rawPublicKey(key),
    isDeterministic: true,
    async sign(request) {
      if (!isCommitted(request.block)) throw new TypeError('not committed')
      return Uint8Array.from(sign(null, signingBytes(request), key))
    },
    async close() {},
  }
}

function seededKey(seed: number): KeyObject {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)])
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return Uint8Array.from(der.subarray(der.length - 32))
}

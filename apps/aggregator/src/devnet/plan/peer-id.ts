import { readFile } from 'node:fs/promises'

/**
 * The libp2p peer id of an ev-node `node_key.json`: base58 of the identity multihash of its Ed25519 public key in libp2p's
 * protobuf wrapping (libp2p peer id specification). Rejects when the file cannot be read or holds no such key.
 */
export async function readPeerId(nodeKeyFile: string): Promise<string> {
  const { pub_key: text }: { pub_key?: unknown } = JSON.parse(await readFile(nodeKeyFile, 'utf8'))
  const key = Buffer.from(typeof text === 'string' ? text : '', 'base64')
  if (key.length !== 32) throw new Error(`${nodeKeyFile} holds no Ed25519 public key`)
  // Identity multihash of 36 bytes; field 1, key type 1 (Ed25519); field 2, 32 bytes.
  return base58(Buffer.concat([Buffer.from('002408011220', 'hex'), key]))
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function base58(bytes: Buffer): string {
  const zeros = bytes.findIndex((byte) => byte !== 0)
  let rest = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (; rest > 0n; rest /= 58n) text = alphabet[Number(rest % 58n)]! + text
  return '1'.repeat(zeros) + text
}

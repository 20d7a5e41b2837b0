import { bytesToHex } from '../codec/text.ts'
import { Writer } from '../codec/writer.ts'
import type { Sha256 } from '../ports/hash.ts'
import type { TransportPeer } from '../ports/transport.ts'

/** Hex SHA-256 of the sorted set of (id, address): equal on nodes that list the same founders. */
export function peersHashOf(peers: readonly TransportPeer[], sha256: Sha256): string {
  const writer = new Writer()
  const sorted = [...peers].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const { id, address } of sorted) writer.message(1, new Writer().string(1, id).string(2, address).finish())
  return bytesToHex(sha256(writer.finish()))
}

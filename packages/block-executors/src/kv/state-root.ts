import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Write } from './parse-transaction.ts'

/** What ev-node's test application keeps for itself. */
const reserved = new Set(['/genesis/initialized', '/genesis/stateroot', '/finalizedHeight'])

/** Where ev-node's test application writes a key at a height, or undefined when that is reserved (go-datastore cleans paths). */
export function testappPath(height: number, key: string): string | undefined {
  const cleaned = posix.normalize(`/height/${height}/${key}`)
  const path = cleaned.length > 1 && cleaned.endsWith('/') ? cleaned.slice(0, -1) : cleaned
  return reserved.has(path) ? undefined : path
}

/** ev-node's test application: the root is the whole state, `path:value;` for each path in byte order. It grows without bound. */
export async function testappRoot(pairs: AsyncIterable<readonly [path: string, value: string]>): Promise<Uint8Array> {
  const parts: string[] = []
  for await (const [path, value] of pairs) parts.push(`${path}:${value};`)
  return Uint8Array.from(Buffer.from(parts.join(''), 'latin1'))
}

/** The root before the first block in `hashed` mode: SHA-256 of nothing. */
export const emptyHashedRoot: Uint8Array = Uint8Array.from(createHash('sha256').digest())

/** SHA-256 of the previous root, the height, and each write in order with its lengths: 32 bytes whatever the state holds. */
export function hashedRoot(previous: Uint8Array, height: number, writes: readonly Write[]): Uint8Array {
  const hash = createHash('sha256').update(previous)
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(height))
  hash.update(number)
  for (const { key, value } of writes) {
    for (const text of [key, value]) {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(text.length)
      hash.update(length).update(text, 'latin1')
    }
  }
  return Uint8Array.from(hash.digest())
}

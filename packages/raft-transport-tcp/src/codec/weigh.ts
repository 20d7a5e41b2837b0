import protobuf from 'protobufjs/minimal.js'
import { TransportError } from '../errors.ts'

/** Entries in one append at most. The core sends 1 MiB at a time by default, which is fewer. */
const recordLimit = 256 * 1024

/** Everything in a message but entries, snapshot data and payloads of applications. */
const detailLimitBytes = 256 * 1024

/** Field of the envelope, and the field in there whose bytes are carried and not parsed (proto/raft/v1). */
const carried: ReadonlyMap<number, number> = new Map([
  [18, 6], // AppendRequest.records
  [23, 5], // SnapshotChunk.data
  [27, 2], // ApplicationFrame.payload
])

/**
 * Refuses an envelope that would cost far more memory decoded than it has bytes: generated code makes an object of every two
 * bytes of an empty repeated field. Looks at the outer two levels only. `MESSAGE_INVALID`.
 */
export function weigh(bytes: Uint8Array): void {
  const reader = protobuf.Reader.create(bytes)
  let records = 0
  let carriedBytes = 0
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const inner = (tag & 7) === 2 ? carried.get(tag >>> 3) : undefined
    if (inner === undefined) {
      reader.skipType(tag & 7)
      continue
    }
    const end = reader.uint32() + reader.pos
    if (end > reader.len) throw new TransportError('MESSAGE_INVALID', 'a message is cut off')
    while (reader.pos < end) {
      const innerTag = reader.uint32()
      const begin = reader.pos
      reader.skipType(innerTag & 7)
      if (innerTag !== ((inner << 3) | 2)) continue
      records += 1
      carriedBytes += reader.pos - begin
    }
  }
  if (records > recordLimit || bytes.length - carriedBytes > detailLimitBytes + records * tagBytes) {
    throw new TransportError('MESSAGE_INVALID', `a message holds more than ${recordLimit} entries or other fields`)
  }
}

/** Of a carried field. */
const tagBytes = 1

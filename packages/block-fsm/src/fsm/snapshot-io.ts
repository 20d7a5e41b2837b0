import type { Done, DoneWith, SnapshotSink, SnapshotSource } from 'raft-core'
import { BlockError } from '../errors.ts'
import type { ChainLimits } from './facts.ts'

/** How much is written or read at once, so that a large state does not hold up the node, in bytes. */
const chunkBytes = 1024 * 1024

/** Writes the encoded state piece by piece. */
export function persistSnapshot(bytes: Uint8Array, sink: Pick<SnapshotSink, 'write'>, done: Done): void {
  writeFrom(0)

  function writeFrom(offset: number): void {
    if (offset >= bytes.length) return done()
    sink.write(bytes.subarray(offset, offset + chunkBytes), (error) =>
      error ? done(error) : writeFrom(offset + chunkBytes),
    )
  }
}

/** Reads a whole snapshot. One that is larger than any state can be, or shorter than it says, is `INVALID_SNAPSHOT`. */
export function readSnapshot(source: SnapshotSource, limits: ChainLimits, done: DoneWith<Uint8Array>): void {
  const largest = largestStateBytes(limits)
  if (source.sizeBytes > largest) {
    return done(invalid(`has ${source.sizeBytes} bytes; a state of this chain has at most ${largest}`))
  }
  const bytes = new Uint8Array(source.sizeBytes)
  readFrom(0)

  function readFrom(offset: number): void {
    if (offset >= bytes.length) return done(undefined, bytes)
    const length = Math.min(chunkBytes, bytes.length - offset)
    source.read(offset, length, (error, chunk) => {
      if (error || !chunk) return done(error ?? invalid('gave no bytes'))
      if (chunk.length === 0 || chunk.length > length) return done(invalid('ends before its size'))
      bytes.set(chunk, offset)
      readFrom(offset + chunk.length)
    })
  }
}

/** Tip, origins and keys at their limits, a starting tip as large as a message can be, and room for the rest. */
function largestStateBytes(limits: ChainLimits): number {
  return limits.commandBytes + 2 * (limits.originBytes + limits.rememberedKeyBytes) + 64 * 1024 * 1024
}

function invalid(what: string): BlockError {
  return new BlockError('INVALID_SNAPSHOT', `the snapshot ${what}; another one, or another member, is needed`)
}

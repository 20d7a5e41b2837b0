import protobuf from 'protobufjs/minimal.js'
import { noBytes } from '../bytes.ts'
import { BlockError } from '../errors.ts'

/** Decodes a message with its generated code; anything that is not proto3 is `UNDECODABLE`. Byte fields are views into `bytes`. */
export function decodeMessage<Message>(
  what: string,
  bytes: Uint8Array,
  decode: (reader: protobuf.Reader) => Message,
): Message {
  // A Buffer would make protobufjs give Buffers, which compare and print unlike other byte arrays.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return decode(protobuf.Reader.create(plain))
  } catch (cause) {
    throw new BlockError('UNDECODABLE', `these ${bytes.length} bytes are not a ${what}`, { cause })
  }
}

/** A decoded bytes field. protobufjs gives an empty Buffer for an absent one; here it is an empty Uint8Array. */
export function bytesOf(value: Uint8Array | null | undefined): Uint8Array {
  return value && value.length > 0 ? value : noBytes
}

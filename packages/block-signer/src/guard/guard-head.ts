import { crc32 } from 'node:zlib'
import { SignerError } from '../errors.ts'

/** Whom a guard belongs to. */
export interface GuardStamp {
  readonly chainId: string
  /** Lower-case hex. */
  readonly clusterId: string
}

/** Bytes before the first record: magic and version 8, checksum 4, length 2, the stamp as JSON, zeros. */
export const headBytes = 512

const magic = Buffer.from('DSGUARD\x01')
const magicBytes = magic.length
const textAt = magicBytes + 6

/** A stamp that does not fit is `INVALID_OPTIONS`. */
export function encodeHead({ chainId, clusterId }: GuardStamp): Buffer {
  const text = Buffer.from(JSON.stringify({ chain_id: chainId, cluster_id: clusterId }))
  if (textAt + text.length > headBytes) {
    throw new SignerError('INVALID_OPTIONS', `a chain id and cluster id of ${text.length} bytes do not fit a guard`)
  }
  const head = Buffer.alloc(headBytes)
  magic.copy(head)
  head.writeUInt32BE(crc32(text), magicBytes)
  head.writeUInt16BE(text.length, magicBytes + 4)
  text.copy(head, textAt)
  return head
}

/** `GUARD_FORMAT` for another kind of file or a newer version, `GUARD_DAMAGED` for a stamp that does not match its checksum. */
export function decodeHead(bytes: Buffer, path: string): GuardStamp {
  if (!bytes.subarray(0, magicBytes - 1).equals(magic.subarray(0, magicBytes - 1))) {
    throw new SignerError('GUARD_FORMAT', `${path} is no double-sign guard; use the program that wrote it`)
  }
  if (bytes[magicBytes - 1] !== magic[magicBytes - 1]) {
    throw new SignerError('GUARD_FORMAT', `${path} was written by a newer version of this program; upgrade it`)
  }
  const text = bytes.subarray(textAt, textAt + (bytes.length < headBytes ? 0 : bytes.readUInt16BE(magicBytes + 4)))
  if (bytes.length < headBytes || crc32(text) !== bytes.readUInt32BE(magicBytes)) throw damaged(path, 'its stamp')
  const { chain_id, cluster_id } = JSON.parse(text.toString('utf8')) as { chain_id: string; cluster_id: string }
  return { chainId: chain_id, clusterId: cluster_id }
}

export function damaged(path: string, what: string): SignerError {
  return new SignerError(
    'GUARD_DAMAGED',
    `${path}: ${what} does not match its checksum; restore it from this node's disk, do not remove it and do not copy another node's`,
  )
}

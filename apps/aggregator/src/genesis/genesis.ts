import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AggregatorError } from '../errors.ts'
import { formatRfc3339, parseRfc3339 } from './rfc3339.ts'

/** Where a chain begins: ev-node's genesis.json. All members of a cluster have the same. */
export interface Genesis {
  readonly chainId: string
  /** Unix nanoseconds; the time of the first block. */
  readonly startTimeNs: bigint
  readonly initialHeight: number
  /** SHA-256 of the proposer's public key. */
  readonly proposerAddress: Uint8Array
  readonly daStartHeight: number
  readonly daEpochForcedInclusion: number
}

const base64Of32Bytes = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, '32 bytes in base64')

const schema = z.object({
  chain_id: z.string().refine(isChainId, '1 to 128 printable characters'),
  start_time: z.string().refine((text) => parseRfc3339(text) !== undefined, 'a time such as 2026-01-31T12:00:00Z'),
  initial_height: z.int().min(1),
  proposer_address: base64Of32Bytes,
  da_start_height: z.int().min(0).default(0),
  da_epoch_forced_inclusion: z.int().min(1).default(50),
})

/** Reads genesis.json; every fault is named in one `GENESIS_INVALID`. `where` is the file, for the message. */
export function parseGenesis(text: string, where: string): Genesis {
  const result = schema.safeParse(parseJson(text, where))
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
    throw new AggregatorError('GENESIS_INVALID', `${where}: ${faults.join('; ')}`)
  }
  const { data } = result
  return {
    chainId: data.chain_id,
    startTimeNs: parseRfc3339(data.start_time)!,
    initialHeight: data.initial_height,
    proposerAddress: Uint8Array.from(Buffer.from(data.proposer_address, 'base64')),
    daStartHeight: data.da_start_height,
    daEpochForcedInclusion: data.da_epoch_forced_inclusion,
  }
}

/** True for text that every record of a chain can carry and every log line can show. */
export function isChainId(text: string): boolean {
  return /^[^\p{C}]{1,128}$/u.test(text)
}

/** genesis.json as ev-node writes it. */
export function renderGenesis(genesis: Genesis): string {
  return `${JSON.stringify(toJson(genesis), null, 2)}\n`
}

/** Hex SHA-256 of what the genesis says, whatever its spacing and order of fields. */
export function genesisHash(genesis: Genesis): string {
  return createHash('sha256')
    .update(JSON.stringify(toJson(genesis)))
    .digest('hex')
}

function toJson(genesis: Genesis): object {
  return {
    chain_id: genesis.chainId,
    start_time: formatRfc3339(genesis.startTimeNs),
    initial_height: genesis.initialHeight,
    proposer_address: Buffer.from(genesis.proposerAddress).toString('base64'),
    da_start_height: genesis.daStartHeight,
    da_epoch_forced_inclusion: genesis.daEpochForcedInclusion,
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AggregatorError('GENESIS_INVALID', `${where}: not JSON; restore the file from another member`, { cause })
  }
}

import type { Block } from '../block/data.ts'
import { type Height, type TimeNs, type Version, zeroVersion } from '../block/header.ts'
import { sha256 } from '../bytes.ts'
import { encodeData } from '../codec/data-codec.ts'
import { encodeHeader } from '../codec/header-codec.ts'
import { Writer } from '../codec/writer.ts'
import { BlockError } from '../errors.ts'

/** What is true of a chain before its first entry. Equal on every node: verdicts depend on it. */
export interface ChainFacts {
  readonly chainId: string
  /** Height of the first block, at least 1. */
  readonly initialHeight: Height
  /** Time of the first block. */
  readonly genesisTimeNs: TimeNs
  /** SHA-256 of the proposer's raw public key: 32 bytes. */
  readonly proposerAddress: Uint8Array
  /** Version of every header; zeros unless the chain was begun with others. */
  readonly version?: Version
  /** The last block of a chain that is taken over from ev-node; the next one follows it. */
  readonly startingTip?: Block
  readonly limits?: Partial<ChainLimits>
}

/** Limits that are part of the rules. */
export interface ChainLimits {
  /** Largest encoded header and data together, in bytes. Default 6 MiB: ev-node's 5 MiB of transactions and room for roots. */
  readonly blockBytes: number
  /** Largest entry, in bytes. Default 8 MiB; Raft's own limit for an entry must not be below. */
  readonly commandBytes: number
  /** Largest sum of what origins take in the state, in bytes. Default 256 KiB: some 700 members. */
  readonly originBytes: number
  /** Largest sum of what remembered idempotency keys take in the state, in bytes. Default 8 MiB. */
  readonly rememberedKeyBytes: number
  /** For how many blocks after its own an idempotency key is remembered. Default 1000. */
  readonly idempotencyBlocks: number
}

export const defaultLimits: ChainLimits = {
  blockBytes: 6 * 1024 * 1024,
  commandBytes: 8 * 1024 * 1024,
  originBytes: 256 * 1024,
  rememberedKeyBytes: 8 * 1024 * 1024,
  idempotencyBlocks: 1000,
}

/** The facts with every default filled in. Impossible ones are `INVALID_OPTIONS`. */
export type ResolvedFacts = Required<Omit<ChainFacts, 'limits' | 'startingTip'>> & {
  readonly limits: ChainLimits
  readonly startingTip: Block | undefined
  /** SHA-256 of all of the above; a snapshot of a node with other facts is refused. */
  readonly hash: Uint8Array
}

/** Fills in the defaults and checks the facts. */
export function resolveFacts(facts: ChainFacts): ResolvedFacts {
  const resolved = {
    ...facts,
    version: facts.version ?? zeroVersion,
    startingTip: facts.startingTip,
    limits: { ...defaultLimits, ...facts.limits },
  }
  const chainIdBytes = Buffer.byteLength(facts.chainId, 'utf8')
  require(chainIdBytes >= 1 && chainIdBytes <= 256, 'a chain id has 1 to 256 bytes')
  require(Number.isSafeInteger(facts.initialHeight) && facts.initialHeight >= 1, 'the initial height is at least 1')
  require(facts.proposerAddress.length === 32, 'a proposer address has 32 bytes')
  require(facts.genesisTimeNs > 0n && facts.genesisTimeNs < 1n << 64n, 'a genesis time is above 0 and fits 64 bits')
  for (const [name, value] of Object.entries(resolved.limits)) {
    require(Number.isSafeInteger(value) && value >= 0, `the limit ${name} is a whole number`)
  }
  const { limits, startingTip } = resolved
  const isRoomy = limits.commandBytes >= limits.blockBytes + 64 * 1024
  require(isRoomy, 'an entry has 64 KiB of room beside the largest block')
  require(!startingTip || startingTip.header.chainId === facts.chainId, 'the starting tip is of this chain')
  require(!startingTip || startingTip.header.height >= facts.initialHeight, 'the starting tip is a block of this chain')
  return { ...resolved, hash: hashOf(resolved) }
}

function hashOf(facts: Omit<ResolvedFacts, 'hash'>): Uint8Array {
  const { limits, startingTip } = facts
  return sha256(
    new Writer()
      .string(1, facts.chainId)
      .uint(2, facts.initialHeight)
      .uint(3, facts.genesisTimeNs)
      .bytes(4, facts.proposerAddress)
      .uint(5, facts.version.block)
      .uint(6, facts.version.app)
      .uint(7, limits.blockBytes)
      .uint(8, limits.commandBytes)
      .uint(9, limits.originBytes)
      .uint(10, limits.rememberedKeyBytes)
      .uint(11, limits.idempotencyBlocks)
      .message(12, startingTip && encodeHeader(startingTip.header))
      .message(13, startingTip && encodeData(startingTip.data))
      .finish(),
  )
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new BlockError('INVALID_OPTIONS', `${what}; look at the genesis`)
}

import { evnode } from '../../gen/evnode.js'
import { hexToBytes } from 'raft-core'
import { dataHash, headerHash } from '../block/hash.ts'
import { equalBytes, toHex } from '../bytes.ts'
import { encodeLastSignature, encodeToken, lastSignatureFrom, tokenFrom } from '../codec/block-entry-codec.ts'
import { decodeData } from '../codec/data-codec.ts'
import { bytesOf, decodeMessage } from '../codec/decode.ts'
import { decodeHeader } from '../codec/header-codec.ts'
import { safeIntegerFromLong } from '../codec/long.ts'
import { Writer } from '../codec/writer.ts'
import { BlockError } from '../errors.ts'
import { CommittedBlock, CommittedHeader } from '../stages/committed.ts'
import type { ResolvedFacts } from './facts.ts'
import { type KeyGroup, type RememberedKey, RememberedKeys } from './remembered-keys.ts'
import { type FsmState, type Origin, supportedRuleVersion } from './state.ts'

/** Version of this encoding. */
const snapshotVersion = 1

/** A state as it was at one moment; encoding it later gives the bytes of that moment. */
export interface CapturedState {
  readonly state: FsmState
  readonly keys: readonly KeyGroup[]
}

/** Holds on to a state. Cheap: only the list of key groups is copied. */
export function captureState(state: FsmState): CapturedState {
  return { state, keys: state.keys.groups() }
}

/** FsmSnapshot of proto/evnode/v1. Equal states give equal bytes: origins are sorted by member id, keys by block. */
export function encodeState({ state, keys }: CapturedState): Uint8Array {
  const origins = [...state.origins.values()].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  return new Writer((state.tip?.dataBytes.length ?? 0) + 4096)
    .uint(1, snapshotVersion)
    .string(2, state.facts.chainId)
    .bytes(3, hexToBytes(state.clusterId))
    .uint(4, state.epoch)
    .uint(5, state.ruleVersion)
    .message(6, state.opening && encodeToken(state.opening))
    .message(7, state.tip && encodeTip(state.tip))
    .each(8, origins.map(encodeOrigin))
    .each(
      9,
      keys.flatMap((group) => group.keys.map(encodeKey)),
    )
    .message(10, encodePair(state.daCursor.headerHeight, state.daCursor.dataHeight))
    .message(11, state.lastSignature && encodeLastSignature(state.lastSignature))
    .uint(12, state.appliedIndex)
    .uint(13, state.appliedTerm)
    .bytes(14, state.facts.hash)
    .message(15, encodeOperator(state.operator))
    .finish()
}

/**
 * Reads a state; its bytes are views into `bytes`. One of another chain or other facts, a tip that does not hash to what it
 * says, or damage is `INVALID_SNAPSHOT`; rules that this software does not know are `UNSUPPORTED_RULES`.
 */
export function decodeState(facts: ResolvedFacts, bytes: Uint8Array): { state: FsmState; keys: RememberedKeys } {
  const message = decoded(() => decodeMessage('snapshot', bytes, (reader) => evnode.v1.FsmSnapshot.decode(reader)))
  valid(message.version === snapshotVersion, `is of version ${message.version}, this software reads ${snapshotVersion}`)
  valid(message.chainId === facts.chainId, `is of chain ${message.chainId}, this node is of ${facts.chainId}`)
  valid(equalBytes(message.factsHash, facts.hash), 'was made with another genesis or other limits')
  if (message.ruleVersion > supportedRuleVersion) {
    throw new BlockError('UNSUPPORTED_RULES', `a snapshot of rule version ${message.ruleVersion}; upgrade this node`)
  }
  const keys = decoded(() => keysFrom(facts, message.keys))
  const state = decoded(() => stateFrom(facts, keys, message))
  valid(equalBytes(encodeState(captureState(state)), bytes), 'is not in its canonical form')
  return { state, keys }
}

function stateFrom(facts: ResolvedFacts, keys: RememberedKeys, message: evnode.v1.FsmSnapshot): FsmState {
  const { opening, tip, daCursor, lastSignature, operator } = message
  return {
    facts,
    clusterId: toHex(bytesOf(message.clusterId)),
    epoch: safeIntegerFromLong(message.epoch, 'an epoch'),
    opening: opening ? tokenFrom(opening) : undefined,
    ruleVersion: message.ruleVersion,
    tip: tip ? tipFrom(tip) : undefined,
    origins: new Map(message.origins.map((origin) => [origin.memberId ?? '', originFrom(origin)])),
    keys,
    daCursor: {
      headerHeight: safeIntegerFromLong(daCursor?.headerHeight ?? 0, 'a DA cursor'),
      dataHeight: safeIntegerFromLong(daCursor?.dataHeight ?? 0, 'a DA cursor'),
    },
    lastSignature: lastSignature ? lastSignatureFrom(lastSignature) : undefined,
    operator: {
      epoch: safeIntegerFromLong(operator?.epoch ?? 0, 'an epoch'),
      height: safeIntegerFromLong(operator?.height ?? 0, 'a block height'),
      reason: operator?.reason ?? '',
    },
    appliedIndex: safeIntegerFromLong(message.appliedIndex, 'a log index'),
    appliedTerm: safeIntegerFromLong(message.appliedTerm, 'a term'),
  }
}

function encodeTip(tip: CommittedBlock): Uint8Array {
  return new Writer(tip.headerBytes.length + tip.dataBytes.length + 128)
    .uint(1, tip.height)
    .bytes(2, tip.hash)
    .bytes(3, tip.headerBytes)
    .bytes(4, tip.dataBytes)
    .bytes(5, tip.dataHash)
    .finish()
}

function tipFrom(message: evnode.v1.TipBlock.$Properties): CommittedBlock {
  const header = decodeHeader(bytesOf(message.header))
  const data = decodeData(bytesOf(message.data))
  const hash = headerHash(header)
  valid(equalBytes(hash, bytesOf(message.hash)), 'has a tip that does not hash to what it says')
  valid(equalBytes(dataHash(data), bytesOf(message.dataChainHash)), 'has other tip data than it says')
  return new CommittedBlock(new CommittedHeader(header, hash), data)
}

function encodeOrigin(origin: Origin): Uint8Array {
  return new Writer(64)
    .string(1, origin.memberId)
    .uint(2, origin.generation)
    .bytes(3, origin.journalId)
    .uint(4, origin.lastSequence)
    .each(5, origin.closedJournalIds)
    .finish()
}

function originFrom(message: evnode.v1.Origin.$Properties): Origin {
  return {
    memberId: message.memberId ?? '',
    generation: safeIntegerFromLong(message.generation ?? 0, 'a generation'),
    journalId: bytesOf(message.journalId),
    lastSequence: safeIntegerFromLong(message.lastSequence ?? 0, 'a sequence'),
    closedJournalIds: message.closedJournalIds ?? [],
  }
}

function encodeKey(key: RememberedKey): Uint8Array {
  return new Writer(96).string(1, key.key).uint(2, key.height).bytes(3, key.transactionHash).finish()
}

function keysFrom(facts: ResolvedFacts, messages: readonly evnode.v1.RememberedKey.$Properties[]): RememberedKeys {
  const keys = new RememberedKeys(facts.limits.idempotencyBlocks)
  let group: RememberedKey[] = []
  for (const message of messages) {
    const height = safeIntegerFromLong(message.height ?? 0, 'a block height')
    if (group[0] && group[0].height !== height) {
      keys.advance(group[0].height, group)
      group = []
    }
    group.push({ key: message.key ?? '', height, transactionHash: bytesOf(message.transactionHash) })
  }
  if (group[0]) keys.advance(group[0].height, group)
  return keys
}

function encodePair(first: number, second: number): Uint8Array {
  return new Writer(24).uint(1, first).uint(2, second).finish()
}

function encodeOperator({ epoch, height, reason }: FsmState['operator']): Uint8Array {
  return new Writer(64).uint(1, epoch).uint(2, height).string(3, reason).finish()
}

function decoded<Result>(decode: () => Result): Result {
  try {
    return decode()
  } catch (cause) {
    if (cause instanceof BlockError && cause.code === 'INVALID_SNAPSHOT') throw cause
    throw new BlockError('INVALID_SNAPSHOT', 'the snapshot is damaged; another one, or another member, is needed', {
      cause,
    })
  }
}

function valid(holds: boolean, what: string): void {
  if (!holds) throw new BlockError('INVALID_SNAPSHOT', `the snapshot ${what}`)
}

import { evnode } from '../../gen/evnode.js'
import type { Height } from '../block/header.ts'
import { equalBytes } from '../bytes.ts'
import { BlockError } from '../errors.ts'
import type { BlockEntry } from './block-entry.ts'
import { blockEntryFrom, encodeBlockEntry } from './block-entry-codec.ts'
import { bytesOf, decodeMessage } from './decode.ts'
import { safeIntegerFromLong } from './long.ts'
import { Writer } from './writer.ts'

/** What an entry asks of the state machine, and the version of the rules that it needs. */
export interface Command {
  /** 1; a later one is taken only once the replicated rule version reached it. */
  readonly version: number
  readonly body: CommandBody
}

export type CommandBody =
  | { readonly kind: 'block'; readonly block: BlockEntry }
  /** Moves the DA cursors up. */
  | { readonly kind: 'daCursor'; readonly headerHeight: Height; readonly dataHeight: Height }
  /** Opens a member's journal if its generation is still the expected one. */
  | {
      readonly kind: 'openOrigin'
      readonly memberId: string
      readonly journalId: Uint8Array
      readonly expectedGeneration: number
    }
  /** Switches every replica to the next rule version. */
  | { readonly kind: 'ruleVersion'; readonly version: number }
  /** An operator decides to go on after a halt. */
  | { readonly kind: 'operatorEpoch'; readonly epoch: number; readonly reason: string }

/** The canonical encoding of a command: an entry's payload. */
export function encodeCommand(command: Command): Uint8Array {
  const body = encodeBody(command.body)
  return new Writer(body.bytes.length + 16).uint(1, command.version).message(body.field, body.bytes).finish()
}

/**
 * Reads a command. Anything but its canonical encoding is `UNDECODABLE`, unknown fields included: a replica that ignored
 * what a newer one obeys would diverge. Byte fields are views into `bytes`.
 */
export function decodeCommand(bytes: Uint8Array): Command {
  const message = decodeMessage('command', bytes, (reader) => evnode.v1.Command.decode(reader))
  const command = { version: message.version, body: bodyFrom(message) }
  if (!equalBytes(encodeCommand(command), bytes)) {
    throw new BlockError('UNDECODABLE', 'a command that is not in its canonical form, or of a newer version')
  }
  return command
}

function encodeBody(body: CommandBody): { field: number; bytes: Uint8Array } {
  switch (body.kind) {
    case 'block':
      return { field: 2, bytes: encodeBlockEntry(body.block) }
    case 'daCursor':
      return { field: 3, bytes: new Writer().uint(1, body.headerHeight).uint(2, body.dataHeight).finish() }
    case 'openOrigin':
      return {
        field: 4,
        bytes: new Writer().string(1, body.memberId).bytes(2, body.journalId).uint(3, body.expectedGeneration).finish(),
      }
    case 'ruleVersion':
      return { field: 5, bytes: new Writer().uint(1, body.version).finish() }
    case 'operatorEpoch':
      return { field: 6, bytes: new Writer().uint(1, body.epoch).string(2, body.reason).finish() }
  }
}

function bodyFrom(message: evnode.v1.Command): CommandBody {
  const { block, daCursor, origin, ruleVersion, epoch } = message
  if (block) return { kind: 'block', block: blockEntryFrom(block) }
  if (daCursor) {
    return {
      kind: 'daCursor',
      headerHeight: safeIntegerFromLong(daCursor.headerHeight ?? 0, 'a DA cursor'),
      dataHeight: safeIntegerFromLong(daCursor.dataHeight ?? 0, 'a DA cursor'),
    }
  }
  if (origin) {
    return {
      kind: 'openOrigin',
      memberId: origin.memberId ?? '',
      journalId: bytesOf(origin.journalId),
      expectedGeneration: safeIntegerFromLong(origin.expectedGeneration ?? 0, 'a generation'),
    }
  }
  if (ruleVersion) return { kind: 'ruleVersion', version: ruleVersion.version ?? 0 }
  if (epoch) {
    return {
      kind: 'operatorEpoch',
      epoch: safeIntegerFromLong(epoch.epoch ?? 0, 'an epoch'),
      reason: epoch.reason ?? '',
    }
  }
  throw new BlockError('UNDECODABLE', 'a command that asks for nothing known')
}

import { BlockError, decodeCommand, type Height } from 'block-fsm'
import type { Entry, LogStore, OpenedLog } from 'raft-core'
import { answered } from './answered.ts'

/** Height of the last block in an open log, decided or not; undefined when none of its entries is one. */
export async function lastBlockInLog(
  log: Pick<LogStore, 'read'>,
  { base, lastIndex }: Pick<OpenedLog, 'base' | 'lastIndex'>,
): Promise<Height | undefined> {
  // One at a time: nearly always one of the last few is a block.
  for (let index = lastIndex; index > base.index; index--) {
    const [entry] = await answered<readonly Entry[]>((done) => log.read(index, index + 1, 1, done))
    const height = entry && blockHeight(entry)
    if (height !== undefined) return height
  }
  return undefined
}

/** Bytes that nobody can read are no block: the state machine rejects them. */
function blockHeight({ type, payload }: Entry): Height | undefined {
  if (type !== 'command') return undefined
  try {
    const { body } = decodeCommand(payload)
    return body.kind === 'block' ? body.block.height : undefined
  } catch (error) {
    if (error instanceof BlockError) return undefined
    throw error
  }
}

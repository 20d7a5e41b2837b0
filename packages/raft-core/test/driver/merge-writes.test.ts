import { encodeEntry, type Entry, type LogWrite } from 'raft-core'
import { expect, test } from 'vitest'
import { mergeWrites } from '../../src/driver/write-queue.ts'
import { nextRandom } from '../../src/step/random.ts'

const random = { state: 3 }
const upTo = (limit: number): number => Math.floor(nextRandom(random) * limit)

function applyTo(log: readonly Entry[], { truncateFrom, entries }: LogWrite): Entry[] {
  const kept = truncateFrom === undefined ? log : log.filter(({ index }) => index < truncateFrom)
  expect(entries[0]?.index ?? kept.length + 1, 'entries follow the log').toBe(kept.length + 1)
  return [...kept, ...entries]
}

test('one merged write leaves the same log as its parts one after the other', () => {
  for (let round = 0; round < 3000; round++) {
    let term = 1
    const start = Array.from({ length: upTo(6) }, (_, i) => encodeEntry(i + 1, term, 'command', new Uint8Array(0)))
    let log: Entry[] = start
    const parts: LogWrite[] = []
    for (let part = 0; part < 1 + upTo(5); part++) {
      const truncateFrom = log.length > 0 && upTo(2) === 0 ? 1 + upTo(log.length) : undefined
      if (truncateFrom !== undefined) term += 1
      const first = truncateFrom ?? log.length + 1
      const entries = Array.from({ length: upTo(4) }, (_, i) =>
        encodeEntry(first + i, term, 'command', new Uint8Array(0)),
      )
      const write = { truncateFrom, entries, hardState: undefined }
      parts.push(write)
      log = applyTo(log, write)
    }
    expect(applyTo(start, mergeWrites(parts))).toEqual(log)
  }
})

test('the last hard state wins', () => {
  const hardState = { term: 4, votedFor: undefined, epoch: 0, floor: undefined, remembered: [] }
  const none = { truncateFrom: undefined, entries: [], hardState: undefined }
  expect(mergeWrites([{ ...none, hardState: { ...hardState, term: 3 } }, { ...none, hardState }, none]).hardState).toBe(
    hardState,
  )
})

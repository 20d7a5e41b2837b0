import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeCommand } from 'block-fsm'
import { encodeEntry, type Entry, type EntryType, type LogStore, type OpenedLog } from 'raft-core'
import { raftDirectory } from 'raft-store-level'
import { afterEach, expect, test } from 'vitest'
import { answered } from '../../src/start-up/answered.ts'
import { comparedLogStore } from '../../src/start-up/compared-log-store.ts'
import { lastBlockInLog } from '../../src/start-up/last-block-in-log.ts'

let directory: string | undefined

afterEach(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
})

function newLog(): LogStore {
  directory = mkdtempSync(join(tmpdir(), 'aggregator-log-'))
  return raftDirectory({ directory }).logStore
}

function block(height: number): Uint8Array {
  const hash = new Uint8Array(32).fill(height)
  return encodeCommand({
    version: 1,
    body: {
      kind: 'block',
      block: {
        height,
        daHeaderHeight: 0,
        daDataHeight: 0,
        hash,
        timeNs: 1n,
        header: new Uint8Array(1),
        data: new Uint8Array(1),
        parentHash: hash,
        chainId: 'chain',
        token: { term: 1, index: 1 },
        ranges: [],
        dropped: [],
      },
    },
  })
}

async function append(
  log: LogStore,
  from: number,
  ...entries: readonly (readonly [EntryType, Uint8Array])[]
): Promise<void> {
  const encoded: Entry[] = entries.map(([type, payload], i) => encodeEntry(from + i, 1, type, payload))
  const write = { truncateFrom: undefined, entries: encoded, hardState: undefined }
  await answered<void>((done) => log.append(write, done))
}

const open = (log: LogStore): Promise<OpenedLog> => answered((done) => log.open(done))
const close = (log: LogStore): Promise<void> => answered((done) => log.close(done))

test('the last block of a log is found behind everything that is none', async () => {
  const log = newLog()
  const { base } = await open(log)
  const none = new Uint8Array(0)
  expect(await lastBlockInLog(log, { base, lastIndex: 0 })).toBeUndefined()
  await append(log, 1, ['opening', none], ['barrier', none])
  expect(await lastBlockInLog(log, { base, lastIndex: 2 })).toBeUndefined()
  await append(log, 3, ['command', block(7)], ['command', Buffer.from('nonsense')], ['configuration', none])
  expect(await lastBlockInLog(log, { base, lastIndex: 5 })).toBe(7)
  await append(log, 6, ['command', block(8)])
  expect(await lastBlockInLog(log, { base, lastIndex: 6 })).toBe(8)
  await close(log)
})

test('a log that its comparison refuses is closed again, untouched, and says why', async () => {
  const log = newLog()
  await open(log)
  await append(log, 1, ['barrier', new Uint8Array(0)])
  await close(log)
  const refusing = comparedLogStore(log, () => Promise.reject(new Error('it does not fit')))
  await expect(open(refusing)).rejects.toThrow('it does not fit')
  const seen: number[] = []
  const content = comparedLogStore(log, async ({ lastIndex }) => void seen.push(lastIndex))
  expect((await open(content)).lastIndex).toBe(1)
  expect(seen).toEqual([1])
  await close(content)
})

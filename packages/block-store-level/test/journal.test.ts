import { transactionHash } from 'block-fsm'
import { type JournalOptions, openJournal } from 'block-store-level'
import { expect, test } from 'vitest'
import { closeLater, temporaryDirectory } from './support/temporary.ts'

let ids = 0
const random = (length: number): Uint8Array => new Uint8Array(length).fill(++ids)

type Journal = Awaited<ReturnType<typeof openJournal>>

async function open(directory: string = temporaryDirectory(), change: Partial<JournalOptions> = {}): Promise<Journal> {
  return closeLater(await openJournal({ directory, chainId: 'test', bootCounter: 1, random, ...change }))
}

const tx = (text: string): { readonly bytes: Uint8Array } => ({ bytes: Uint8Array.from(Buffer.from(text)) })
const hashOf = (text: string): Uint8Array => transactionHash(Buffer.from(text))
const texts = async (journal: Journal, from: number, limitBytes = 1e6): Promise<string[]> =>
  (await journal.read(from, limitBytes)).map(({ sequence, bytes }) => `${sequence} ${Buffer.from(bytes).toString()}`)
const outcomeOf = async (journal: Journal, text: string): Promise<unknown> =>
  (await journal.find(hashOf(text)))?.outcome

test('transactions are numbered in the order of the calls and there again after a restart', async () => {
  const directory = temporaryDirectory()
  const journal = await open(directory)
  const { id } = journal
  expect([journal.firstSequence, journal.lastSequence]).toEqual([1, 0])
  const firsts = await Promise.all([
    journal.append([tx('a'), tx('b')]),
    journal.append([{ ...tx('c'), idempotencyKey: 'once é' }]),
    journal.append([tx('d')]),
  ])
  expect(firsts).toEqual([1, 3, 4])
  await journal.close()
  const again = await open(directory, { bootCounter: 2 })
  expect(again.id).toEqual(id)
  expect([again.firstSequence, again.lastSequence]).toEqual([1, 4])
  expect(await again.read(3, 1e6)).toEqual([
    { sequence: 3, bytes: tx('c').bytes, idempotencyKey: 'once é' },
    { sequence: 4, bytes: tx('d').bytes },
  ])
  expect(await again.append([tx('e')])).toBe(5)
})

test('reading keeps to its bytes, but gives at least one', async () => {
  const journal = await open()
  await journal.append([tx('1111'), tx('2222'), tx('3333')])
  expect(await texts(journal, 1, 0)).toEqual(['1 1111'])
  expect(await texts(journal, 1, 8)).toEqual(['1 1111', '2 2222'])
  expect(await texts(journal, 4)).toEqual([])
  expect(await texts(journal, 0)).toHaveLength(3)
})

test('an outcome is found by hash, that of the last one with these bytes', async () => {
  const directory = temporaryDirectory()
  const journal = await open(directory)
  await journal.append([tx('a'), tx('b'), tx('a')])
  expect(await journal.find(hashOf('a'))).toEqual({ journalId: journal.id, sequence: 3, outcome: { kind: 'pending' } })
  expect(await journal.find(hashOf('x'))).toBeUndefined()
  await journal.decide([
    { sequence: 1, outcome: { kind: 'committed', height: 7 } },
    { sequence: 2, outcome: { kind: 'dropped', reason: 'too big' } },
    { sequence: 3, outcome: { kind: 'decided' } },
    { sequence: 9, outcome: { kind: 'decided' } },
  ])
  await journal.close()
  const again = await open(directory)
  expect(await outcomeOf(again, 'a')).toEqual({ kind: 'decided' })
  await again.decide([
    { sequence: 3, outcome: { kind: 'committed', height: 9 } },
    { sequence: 2, outcome: { kind: 'decided' } },
  ])
  expect(await outcomeOf(again, 'a')).toEqual({ kind: 'committed', height: 9 })
  expect(await outcomeOf(again, 'b')).toEqual({ kind: 'dropped', reason: 'too big' })
})

test('what is released is read no more, makes room, and is still found', async () => {
  const directory = temporaryDirectory()
  const journal = await open(directory, { limitBytes: 400 })
  const large = 'x'.repeat(100)
  await journal.append([tx(`1${large}`), tx(`2${large}`)])
  await expect(journal.append([tx(`3${large}`)])).rejects.toMatchObject({ code: 'FULL' })
  await journal.decide([{ sequence: 1, outcome: { kind: 'committed', height: 1 } }])
  await journal.release(1)
  expect([journal.firstSequence, journal.lastSequence]).toEqual([2, 2])
  expect(await journal.append([tx(`3${large}`)])).toBe(3)
  expect((await journal.read(1, 1e6)).map(({ sequence }) => sequence)).toEqual([2, 3])
  expect(await outcomeOf(journal, `1${large}`)).toEqual({ kind: 'committed', height: 1 })
  await journal.release(2)
  expect(await outcomeOf(journal, `2${large}`)).toEqual({ kind: 'decided' })
  await journal.close()
  const again = await open(directory, { limitBytes: 400 })
  expect([again.firstSequence, again.lastSequence]).toEqual([3, 3])
  expect(await again.append([tx(`4${large}`)])).toBe(4)
  await expect(again.append([tx(`5${large}`)])).rejects.toMatchObject({ code: 'FULL' })
})

test('the oldest outcomes make room for new ones, in one journal after the other', async () => {
  const journal = await open(temporaryDirectory(), { outcomeLimitBytes: 3 * 160 })
  await journal.append(['a', 'b', 'c', 'd'].map(tx))
  await journal.decide([1, 2, 3, 4].map((sequence) => ({ sequence, outcome: { kind: 'committed', height: sequence } })))
  await journal.release(4)
  expect(await outcomeOf(journal, 'a')).toBeUndefined()
  expect(await outcomeOf(journal, 'b')).toEqual({ kind: 'committed', height: 2 })
  await journal.renew()
  await journal.append(['e', 'f', 'g', 'h'].map(tx))
  await journal.release(2)
  expect(await Promise.all(['b', 'c', 'd', 'e', 'f', 'g'].map((text) => outcomeOf(journal, text)))).toEqual([
    undefined,
    undefined,
    { kind: 'committed', height: 4 },
    { kind: 'decided' },
    { kind: 'decided' },
    { kind: 'pending' },
  ])
  await journal.release(4)
  expect(await outcomeOf(journal, 'd')).toBeUndefined()
  expect(await outcomeOf(journal, 'e')).toBeUndefined()
  expect(await outcomeOf(journal, 'h')).toEqual({ kind: 'decided' })
})

test('a renewed journal has another id and numbers from 1; what was undecided is dropped and stays findable', async () => {
  const directory = temporaryDirectory()
  const journal = await open(directory)
  const before = journal.id
  await journal.append([tx('a'), tx('b')])
  await journal.decide([{ sequence: 1, outcome: { kind: 'committed', height: 3 } }])
  const renewed = journal.renew()
  const first = journal.append([tx('c')])
  await renewed
  expect(await first).toBe(1)
  expect(journal.id).not.toEqual(before)
  expect(journal.lastSequence).toBe(1)
  await journal.close()
  const again = await open(directory)
  expect(await texts(again, 1)).toEqual(['1 c'])
  expect(await again.find(hashOf('a'))).toEqual({
    journalId: before,
    sequence: 1,
    outcome: { kind: 'committed', height: 3 },
  })
  expect(await outcomeOf(again, 'b')).toEqual({ kind: 'dropped', reason: 'origin closed' })
})

test('a journal that a later start of the node wrote is renewed', async () => {
  const directory = temporaryDirectory()
  const journal = await open(directory, { bootCounter: 5 })
  const { id } = journal
  await journal.append([tx('a')])
  await journal.close()
  const same = await open(directory, { bootCounter: 5 })
  expect(same.id).toEqual(id)
  await same.close()
  const back = await open(directory, { bootCounter: 4 })
  expect(back.id).not.toEqual(id)
  expect([back.firstSequence, back.lastSequence]).toEqual([1, 0])
  expect(await outcomeOf(back, 'a')).toEqual({ kind: 'dropped', reason: 'origin closed' })
})

test.each([
  ['damaged', true],
  ['missing', false],
])('a journal with a %s transaction that it still has to offer is renewed, and says so', async (_name, isDamaged) => {
  const { ClassicLevel } = await import('classic-level')
  const directory = temporaryDirectory()
  const journal = await open(directory)
  const { id } = journal
  await journal.append([tx('a'), tx('b'), tx('c')])
  await journal.close()
  const database = new ClassicLevel<Buffer, Buffer>(`${directory}/db`, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  })
  const rows = await database.iterator({ gte: Buffer.from('j'), lt: Buffer.from('k') }).all()
  const [key, value] = rows[1]!
  value[value.length - 1]! ^= 1
  await (isDamaged ? database.put(key, value) : database.del(key))
  await database.close()
  const said: string[] = []
  const logger = { debug() {}, info() {}, warn() {}, error: (_fields: object, message: string) => said.push(message) }
  const again = await open(directory, { logger })
  expect(said).toHaveLength(1)
  expect(again.id).not.toEqual(id)
  expect(again.lastSequence).toBe(0)
  expect(await outcomeOf(again, 'c')).toEqual({ kind: 'dropped', reason: 'origin closed' })
})

test('a journal that does not know where it stands begins anew, and numbers are not mistaken for those before', async () => {
  const { ClassicLevel } = await import('classic-level')
  const directory = temporaryDirectory()
  const journal = await open(directory)
  const { id } = journal
  await journal.append([tx('a'), tx('b')])
  await journal.close()
  const database = new ClassicLevel(`${directory}/db`)
  await database.put('!standing', 'rubbish')
  await database.close()
  const again = await open(directory)
  expect(again.id).not.toEqual(id)
  expect(again.lastSequence).toBe(0)
  expect(await again.append([tx('c')])).toBe(1)
  expect(await texts(again, 1)).toEqual(['1 c'])
  expect(await again.find(hashOf('b'))).toEqual({
    journalId: id,
    sequence: 2,
    outcome: { kind: 'dropped', reason: 'origin closed' },
  })
})

test('keys of idempotency have 1 to 128 bytes', async () => {
  const journal = await open()
  for (const idempotencyKey of ['', 'x'.repeat(129)]) {
    await expect(journal.append([{ ...tx('a'), idempotencyKey }])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  }
  expect(await journal.append([{ ...tx('a'), idempotencyKey: 'x'.repeat(128) }])).toBe(1)
})

test('a directory has one owner and one chain; closing finishes what was asked for', async () => {
  const directory = temporaryDirectory()
  const journal = await open(directory)
  await expect(open(directory)).rejects.toMatchObject({ code: 'DIRECTORY_LOCKED' })
  const last = journal.append([tx('a')])
  const released = journal.release(1)
  await journal.close()
  expect(await last).toBe(1)
  await released
  await expect(journal.append([tx('b')])).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(journal.read(1, 1)).rejects.toMatchObject({ code: 'CLOSED' })
  await expect(open(directory, { chainId: 'other' })).rejects.toMatchObject({ code: 'FOREIGN_CHAIN' })
})

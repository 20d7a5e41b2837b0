import { cpSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { transactionHash } from 'block-fsm'
import { openJournal } from 'block-store-level'
import * as fc from 'fast-check'
import { test } from 'vitest'
import { logFile } from './support/log-file.ts'
import { closeLater, temporaryDirectory } from './support/temporary.ts'

type Journal = Awaited<ReturnType<typeof openJournal>>

type Step =
  | { readonly kind: 'append'; readonly sizes: readonly number[] }
  | { readonly kind: 'release'; readonly part: number }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), sizes: fc.array(fc.nat(3000), { minLength: 1, maxLength: 5 }) }),
  fc.record({ kind: fc.constant('release' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
)

/** What was acknowledged when the log file had this length. */
interface Mark {
  readonly logBytes: number
  readonly last: number
  readonly released: number
}

test('a journal cut off anywhere holds everything acknowledged before, and nothing by half', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (steps, cut) => {
        const directory = temporaryDirectory()
        const journal = await open(directory)
        const marks: Mark[] = [markOf(directory, journal)]
        for (const step of steps) {
          await take(journal, step)
          marks.push(markOf(directory, journal))
        }
        const copy = join(temporaryDirectory(), 'copy')
        cpSync(directory, copy, { recursive: true })
        await journal.close()
        // The first mark is after opening; what comes before is no journal yet.
        const from = marks[0]!.logBytes
        const logBytes = from + Math.round(cut * (statSync(logFile(copy)).size - from))
        truncateSync(logFile(copy), logBytes)
        const acknowledged = marks.findLast((mark) => mark.logBytes <= logBytes)!
        await requireWhole(await open(copy), acknowledged)
      },
    ),
    { numRuns: 60 },
  )
})

async function open(directory: string): Promise<Journal> {
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(1)
  return closeLater(await openJournal({ directory, chainId: 'test', bootCounter: 1, random }))
}

async function take(journal: Journal, step: Step): Promise<void> {
  if (step.kind === 'release') {
    const through = Math.round(step.part * journal.lastSequence)
    await journal.decide([{ sequence: through, outcome: { kind: 'committed', height: 1 } }])
    return journal.release(through)
  }
  const first = journal.lastSequence + 1
  await journal.append(step.sizes.map((size, i) => ({ bytes: bytesOf(first + i, size) })))
}

/** Every transaction says its number and its length. */
function bytesOf(sequence: number, size: number): Uint8Array {
  return Uint8Array.from(Buffer.from(`${sequence} ${size} ${'x'.repeat(size)}`))
}

function markOf(directory: string, { lastSequence, firstSequence }: Journal): Mark {
  return { logBytes: statSync(logFile(directory)).size, last: lastSequence, released: firstSequence - 1 }
}

async function requireWhole(journal: Journal, { last, released }: Mark): Promise<void> {
  const kept = await journal.read(1, 1e9)
  if (journal.lastSequence < last) throw new Error(`${last} was acknowledged, ${journal.lastSequence} is there`)
  if (journal.firstSequence <= released) throw new Error(`${released} was released`)
  if (kept.length !== journal.lastSequence - journal.firstSequence + 1) throw new Error('there is a hole')
  for (const { sequence, bytes } of kept) {
    const [number, size, rest] = Buffer.from(bytes).toString().split(' ')
    if (Number(number) !== sequence || rest?.length !== Number(size)) throw new Error(`${sequence} is not whole`)
    const found = await journal.find(transactionHash(bytes))
    if (found?.sequence !== sequence) throw new Error(`${sequence} is not found by its hash`)
  }
}

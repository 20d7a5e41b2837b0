/**
 * Writes until it is killed or a write fails, 32 at a time, and prints the number of each write once it was called back.
 * What write `n` does follows from `n`, as the tests know: one entry of term `n`, or in place of the last entry two.
 */
import { encodeEntry, initialHardState } from 'raft-core'
import { levelLogStore } from '../../dist/index.js'

const store = levelLogStore({ directory: process.argv[2] })

store.open((error, opened) => {
  if (error) throw error
  let number = opened.hardState.term
  let last = opened.lastIndex
  const next = () => {
    const n = ++number
    const truncateFrom = n % 5 === 0 && last > opened.base.index ? last : undefined
    const from = truncateFrom ?? last + 1
    const payload = new Uint8Array(200 + (n % 1000)).fill(n)
    const entries = Array.from({ length: n % 5 === 0 ? 2 : 1 }, (_, i) => encodeEntry(from + i, n, 'command', payload))
    const write = { truncateFrom, entries, hardState: { ...initialHardState, term: n } }
    last = entries.at(-1).index
    store.append(write, (failure) => (failure ? stop(failure) : acknowledge(n)))
  }
  const acknowledge = (n) => process.stdout.write(`${n}\n`, next)
  for (let i = 0; i < 32; i++) next()
})

/** Told of the first failure: the store must refuse what comes after with the same one. */
function stop(failure) {
  process.stdout.write(`failed ${failure.code}\n`)
  store.append({ truncateFrom: undefined, entries: [], hardState: initialHardState }, (refusal) =>
    process.stdout.write(refusal === failure ? 'refused\n' : 'written after a failure\n', () => process.exit()),
  )
}

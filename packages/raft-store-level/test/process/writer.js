/** Appends entries until it is killed, and prints the index of each once it was called back. */
import { encodeEntry } from 'raft-core'
import { levelLogStore } from '../../dist/index.js'

const store = levelLogStore({ directory: process.argv[2] })
store.open((error, opened) => {
  if (error) throw error
  let index = opened.lastIndex
  const next = () => {
    const entry = encodeEntry(++index, 1, 'command', new Uint8Array(200))
    store.append({ truncateFrom: undefined, entries: [entry], hardState: undefined }, (failure) => {
      if (failure) throw failure
      process.stdout.write(`${entry.index}\n`)
    })
    setImmediate(next)
  }
  next()
})

/** Takes transactions, or stores and executes blocks, until it is killed; prints what resolved. */
import { readFileSync } from 'node:fs'
import {
  completeBlock,
  decodeHeader,
  executeBlock,
  headerAtAnchor,
  headerHash,
  operatorAnchor,
  storeBlocks,
} from 'block-fsm'
import { openBlockStore, openJournal } from '../../dist/index.js'

const [what, directory, headersFile] = process.argv.slice(2)
const say = (number) => process.stdout.write(`${number}\n`)
if (what === 'journal') await fillJournal()
else await fillStore()

async function fillJournal() {
  const random = (length) => new Uint8Array(length).fill(1)
  const journal = await openJournal({ directory, chainId: 'test', bootCounter: 1, random })
  const next = async () => {
    for (;;) {
      const first = await journal.append([{ bytes: Buffer.from('a'.repeat(100)) }, { bytes: Buffer.from('b') }])
      say(first + 1)
      if (first % 7 === 0) await journal.release(first - 5)
    }
  }
  await Promise.all([next(), next(), next()])
}

async function fillStore() {
  const headers = JSON.parse(readFileSync(headersFile, 'utf8')).map((hex) => decodeHeader(Buffer.from(hex, 'hex')))
  const genesisRoot = new Uint8Array(32)
  const store = await openBlockStore({ directory, chainId: 'test', initialHeight: 1, genesisRoot })
  const executor = { executeBlock: async () => ({ stateRoot: genesisRoot, results: [] }) }
  for (const header of headers.slice(store.status().contiguous)) {
    const anchor = operatorAnchor(header.height, headerHash(header))
    const block = completeBlock(headerAtAnchor(anchor, header), [], new Uint8Array(0))
    const stored = storeBlocks(store, [block])
    await Promise.all([stored, store.putExecution([await executeBlock(executor, block, genesisRoot)])])
    say(header.height)
  }
}

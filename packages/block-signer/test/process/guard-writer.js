/** Signs block after block until it is killed, and prints each height once it was signed. */
import { readFileSync } from 'node:fs'
import { headerAtAnchor, operatorAnchor, decodeHeader, headerHash, signHeader } from 'block-fsm'
import { guardedSigner, keyFromSeed, openGuard } from '../../dist/index.js'

const [directory, headersFile] = process.argv.slice(2)
const headers = JSON.parse(readFileSync(headersFile, 'utf8')).map((hex) => decodeHeader(Buffer.from(hex, 'hex')))
const guard = await openGuard({ directory, chainId: 'test', clusterId: 'ab' })
const signer = guardedSigner(keyFromSeed(new Uint8Array(32).fill(7)), guard)
for (const header of headers.filter(({ height }) => height > (guard.mark()?.height ?? 0))) {
  await signHeader(signer, headerAtAnchor(operatorAnchor(header.height, headerHash(header)), header))
  process.stdout.write(`${header.height}\n`)
}

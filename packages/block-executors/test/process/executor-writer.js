/** Executes blocks until it is killed, and prints the height and root of each. */
import { completeBlock, dataCommitment, headerAtAnchor, headerHash, operatorAnchor, zeroVersion } from 'block-fsm'
import { openKvExecutor } from '../../dist/index.js'

const [directory, stateRoot] = process.argv.slice(2)
const executor = await openKvExecutor({ directory, stateRoot })
await executor.initChain({ chainId: 'test', initialHeight: 1, genesisTimeNs: 0n })
let { height, stateRoot: root } = await executor.getInfo()
for (;;) {
  height++
  const txs = [Buffer.from(`k${height % 5}=${height}`)]
  const empty = new Uint8Array(0)
  const header = {
    version: zeroVersion,
    height,
    timeNs: BigInt(height),
    lastHeaderHash: new Uint8Array(32),
    dataHash: dataCommitment(txs),
    appHash: empty,
    proposerAddress: new Uint8Array(32),
    validatorHash: empty,
    chainId: 'test',
  }
  const block = completeBlock(headerAtAnchor(operatorAnchor(height, headerHash(header)), header), txs, empty)
  root = (await executor.executeBlock(block, root)).stateRoot
  process.stdout.write(`${height} ${Buffer.from(root).toString('hex')}\n`)
}

/** A devnet whose nodes are `node.js`: `node devnet.js '{"home":"…"}'`. Answers with the devnet's exit code. */
import { fileURLToPath } from 'node:url'
import { defaultOptions, runDevnet, StopRequest } from '../../../dist/devnet/index.js'

const clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
}
const { restartAfterMs = 200, stopLimitMs = 5000, ...options } = JSON.parse(process.argv[2])
const stopRequest = new StopRequest(clock)
stopRequest.listenTo(process)
try {
  process.exitCode = await runDevnet(
    { ...defaultOptions, basePort: 0, ...options },
    {
      stdin: process.stdin,
      stdout: process.stdout,
      stopRequest,
      restartAfterMs,
      stopLimitMs,
      program: { command: process.execPath, args: [fileURLToPath(new URL('./node.js', import.meta.url))] },
    },
  )
} catch (error) {
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}

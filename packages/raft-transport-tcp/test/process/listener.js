/**
 * A node that listens, prints its port, and waits to be killed.
 * Arguments: the port to listen on, the boot counter, and the address of a peer `a` to dial.
 */
import { tcpTransport } from '../../dist/index.js'

const [port = '0', bootCounter = '1', peer] = process.argv.slice(2)
const clock = {
  now: () => performance.now(),
  wakeAt: (at, wake) => {
    const timer = setTimeout(() => wake(), Math.max(0, at - performance.now()) + 1)
    return () => clearTimeout(timer)
  },
}
const transport = tcpTransport({ bindAddress: `127.0.0.1:${port}`, clock, random: Math.random })
const self = {
  member: { id: 'b', incarnation: '62'.repeat(16) },
  clusterId: 'cc'.repeat(32),
  epoch: 0,
  bootCounter: Number(bootCounter),
  bootNonce: bootCounter.padStart(16, '0'),
}
transport.start(self, { message() {}, peerUp() {}, peerDown() {} }, (error) => {
  if (error) throw error
  if (peer) transport.setPeers([{ id: 'a', address: peer }])
  process.stdout.write(`${transport.port}\n`)
})

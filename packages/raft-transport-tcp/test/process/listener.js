/** A node that listens, prints its port, and waits to be killed. */
import { tcpTransport } from '../../dist/index.js'

const clock = {
  now: () => performance.now(),
  wakeAt: (at, wake) => {
    const timer = setTimeout(() => wake(), Math.max(0, at - performance.now()) + 1)
    return () => clearTimeout(timer)
  },
}
const transport = tcpTransport({ bindAddress: '127.0.0.1:0', clock, random: Math.random })
const member = { id: 'b', incarnation: '62'.repeat(16) }
const self = { member, clusterId: 'cc'.repeat(32), epoch: 0, bootCounter: 1, bootNonce: 'aa'.repeat(8) }
transport.start(self, { message() {}, peerUp() {}, peerDown() {} }, (error) => {
  if (error) throw error
  process.stdout.write(`${transport.port}\n`)
})

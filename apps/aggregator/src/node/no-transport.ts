import type { Transport } from 'raft-core'

/** The transport of a cluster of one: nobody listens, nobody is dialed. */
export const noTransport: Transport = {
  start: (_self, _handler, done) => void setImmediate(done),
  identify: () => {},
  setPeers: () => {},
  send: () => {},
  close: (done) => void setImmediate(done),
}

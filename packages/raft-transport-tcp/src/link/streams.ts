import { connect, createServer, type Server, type Socket } from 'node:net'
import type { HostPort } from '../address.ts'

/** Makes and takes the byte streams that connections are built on. */
export interface Streams {
  /** Resolves the name anew at each call. */
  dial(address: HostPort): Socket
  listen(accept: (socket: Socket) => void): Server
}

export const tcpStreams: Streams = {
  dial: ({ host, port }) => connect(host === '' ? { port } : { host, port }),
  listen: (accept) => createServer(accept),
}

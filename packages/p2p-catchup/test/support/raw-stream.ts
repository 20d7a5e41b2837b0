import type { Stream } from '@libp2p/interface'
import type { Host } from 'p2p-catchup'
import { peerIdFromString } from '@libp2p/peer-id'

/** What came over a stream until it ended. */
export interface RawAnswer {
  readonly hex: string
  readonly ended: 'closed' | 'reset'
}

/** Writes bytes as they are on a fresh stream, closes the writing side, and reads until the end. */
export async function exchange(from: Host, to: Host, protocol: string, request: string): Promise<RawAnswer> {
  const stream = await openStream(from, to, protocol)
  const answer = readAll(stream)
  if (request !== '') stream.send(Buffer.from(request, 'hex'))
  await stream.close()
  return answer
}

export function openStream(from: Host, to: Host, protocol: string): Promise<Stream> {
  return from.libp2p.dialProtocol(peerIdFromString(to.peerId), protocol)
}

export function readAll(stream: Stream): Promise<RawAnswer> {
  const chunks: Uint8Array[] = []
  return new Promise((resolve) => {
    const finish = (ended: RawAnswer['ended']): void => resolve({ hex: Buffer.concat(chunks).toString('hex'), ended })
    if (stream.status === 'reset' || stream.status === 'aborted') return finish('reset')
    stream.addEventListener('message', ({ data }) => chunks.push(data.slice()))
    stream.addEventListener('close', ({ error }) => finish(error ? 'reset' : 'closed'))
  })
}

import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { CatchupError, toError } from '../errors.ts'
import { FrameReader } from '../protocol/frame-reader.ts'
import { decodeQuestion, type HistoryQuestion, requestLimitBytes } from '../protocol/messages.ts'

/** Reads the one request of a stream and ignores what follows. `REQUEST_INVALID`, `PEER_GONE`, or the signal's reason. */
export function readQuestion(stream: Stream, pageLimit: number, signal: AbortSignal): Promise<HistoryQuestion> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader(requestLimitBytes)
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', onAbort)
      stream.removeEventListener('message', onMessage)
      stream.removeEventListener('remoteCloseWrite', onPeerClosed)
      stream.removeEventListener('close', onClose)
      // Whatever else comes is thrown away: without a listener the stream would keep it.
      stream.addEventListener('message', () => undefined)
      act()
    }
    const onAbort = (): void => settle(() => reject(signal.reason as Error))
    const onClose = ({ error }: StreamCloseEvent): void =>
      settle(() => reject(new CatchupError('PEER_GONE', 'the stream broke before a request', { cause: error })))
    /** What was read ahead of us, when the protocol was negotiated, is delivered first. */
    const onPeerClosed = (): void => {
      if (stream.readBufferLength > 0) return
      settle(() => reject(new CatchupError('REQUEST_INVALID', 'the stream ended without a whole request')))
    }
    const onMessage = ({ data }: StreamMessageEvent): void => {
      try {
        const frame = reader.push(data.subarray())[0]
        if (frame === undefined) return stream.remoteWriteStatus === 'closed' ? onPeerClosed() : undefined
        const question = decodeQuestion(frame, pageLimit)
        settle(() => resolve(question))
      } catch (cause) {
        settle(() =>
          reject(new CatchupError('REQUEST_INVALID', 'not a request of header-ex', { cause: toError(cause) })),
        )
      }
    }
    if (signal.aborted) return reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    stream.addEventListener('remoteCloseWrite', onPeerClosed)
    stream.addEventListener('close', onClose)
    stream.addEventListener('message', onMessage)
    if (stream.remoteWriteStatus === 'closed') onPeerClosed()
  })
}

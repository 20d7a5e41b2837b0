import type { Stream, StreamCloseEvent } from '@libp2p/interface'
import { CatchupError } from '../errors.ts'

/**
 * Resolves when the stream has passed on all that was sent; rejects when it breaks, or with the signal's reason. The stream's own
 * `onDrain` waits only once: it keeps its first promise for ever (@libp2p/utils 7.4.1).
 */
export function flushed(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      stream.removeEventListener('idle', look)
      stream.removeEventListener('drain', look)
      stream.removeEventListener('close', onClose)
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const look = (): void => {
      if (stream.writeBufferLength === 0 && !stream.writableNeedsDrain) settle(resolve)
    }
    const fail = (cause: unknown): void =>
      settle(() => reject(new CatchupError('PEER_GONE', 'the stream broke before all was sent', { cause })))
    const onClose = ({ error }: StreamCloseEvent): void => fail(error)
    const onAbort = (): void => settle(() => reject(signal.reason as Error))
    if (signal.aborted) return reject(signal.reason as Error)
    if (stream.status !== 'open') return fail(undefined)
    stream.addEventListener('idle', look)
    stream.addEventListener('drain', look)
    stream.addEventListener('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    look()
  })
}

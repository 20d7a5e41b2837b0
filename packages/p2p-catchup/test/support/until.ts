import type { HistoryPeers } from 'p2p-catchup'

/** Resolves once `fits` holds, looked at after every change of the peers. */
export function untilPeers(peers: HistoryPeers, fits: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fits()) return
      stop()
      resolve()
    }
    const stop = peers.onChange(look)
    look()
  })
}

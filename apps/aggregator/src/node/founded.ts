import type { Verdict } from 'block-fsm'
import type { RaftNode } from 'raft-core'

/** Resolves with the cluster's id once this node belongs to one. Rejects with the signal's reason. */
export function clusterFounded(raft: RaftNode<Verdict>, abort: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const { clusterId } = raft.status()
    if (clusterId !== '') return resolve(clusterId)
    const finish = (): void => {
      stopListening()
      abort.removeEventListener('abort', stop)
    }
    const stop = (): void => {
      finish()
      reject(abort.reason as Error)
    }
    const stopListening = raft.on((event) => {
      if (event.kind !== 'clusterFound') return
      finish()
      resolve(event.record.clusterId)
    })
    abort.addEventListener('abort', stop, { once: true })
  })
}

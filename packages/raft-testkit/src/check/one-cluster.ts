import type { FoundingRecord } from 'raft-core'
import type { Invariant } from './observation.ts'
import { Violation } from './violation.ts'

/**
 * There is one cluster, and who takes part in it has that on disk. A founding is complete only when every directory that it
 * names had promised it durably (design of formation; so two of three can neither found nor be made to found another).
 */
export function oneCluster(): Invariant {
  const name = 'one cluster'
  const stored = new Map<string, FoundingRecord | undefined>()
  /** Every promise that ever was durable; one may be dropped later. */
  const promises = new Set<string>()
  let cluster: string | undefined
  return {
    name,
    onFoundingStored({ id, incarnation, record }) {
      stored.set(incarnation, record)
      if (record === undefined) return
      promises.add(`${incarnation} ${record.clusterId}`)
      if (record.stage !== 'founded') return
      const missing = record.servers.find((server) => !promises.has(`${server.incarnation} ${record.clusterId}`))
      if (missing) throw new Violation(name, `${id} founds a cluster that ${missing.id} never promised`)
    },
    afterEvent({ id, incarnation, state: { clusterId } }) {
      cluster ??= clusterId
      if (cluster !== clusterId) throw new Violation(name, `${id} runs ${clusterId} beside ${cluster}`)
      const record = stored.get(incarnation)
      if (record?.clusterId !== clusterId || record.stage !== 'founded') {
        throw new Violation(name, `${id} takes part in ${clusterId}, its disk says ${record?.stage}`)
      }
    },
  }
}

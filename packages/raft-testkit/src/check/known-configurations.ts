import {
  type Configuration,
  decodeConfiguration,
  encodeConfiguration,
  type Entry,
  type PlacedConfiguration,
  type Server,
  voterLists,
} from 'raft-core'
import { logTermAt } from './log-terms.ts'
import type { ClusterObservation, Invariant, NodeObservation } from './observation.ts'
import { Violation } from './violation.ts'

/** A staging member may lag this much when it gets its vote. */
const caughtUpEntries = 64

const name = 'known configurations'

/**
 * Every node goes by exactly the configurations of its log, from the one that is in force at its snapshot on, over truncations,
 * snapshots and restarts (openraft #1808, etcd #7280). A leader changes one voter at a time, or several by way of a joint configuration
 * (dissertation 4.3), only when its opening and the change before are committed (Ongaro 2015), and gives no vote to who comes with an
 * empty disk.
 */
export function knownConfigurations(): Invariant {
  const written: { readonly index: number; readonly term: number; readonly configuration: Configuration }[] = []
  const isWritten = new Set<string>()
  const committed: { readonly index: number; readonly term: number }[] = []
  const looked = new Map<string, string>()
  /** The last term that each start led. */
  const led = new Map<string, number>()
  const compared = new WeakSet<Configuration>()
  return {
    name,
    onWrite({ entries }) {
      learnFrom(entries)
    },
    onSent(_node, _to, { message }) {
      if (message.kind === 'appendRequest') learnFrom(message.entries)
    },
    afterEvent(node, cluster) {
      const { boot, state } = node
      // Who makes a change may step down in the same turn, and what it wrote may still be gathered.
      if (state.role.kind === 'leader') led.set(boot, state.term)
      if (led.get(boot) === state.term) {
        for (const { index, configuration } of state.configurations) {
          if (index > 0 && logTermAt(state, index) === state.term) learn(index, state.term, () => configuration)
        }
      }
      if (written.length === 0) return
      const { log, snapshot, commit, configurations } = state
      const position = [
        log.lastIndex,
        log.terms.at(-1)?.from,
        log.base.index,
        snapshot.index,
        commit,
        configurations.length,
      ]
      const look = `${position.join()},${configurations.at(-1)?.index}`
      if (looked.get(boot) === look) return
      looked.set(boot, look)
      for (const { index, term } of written) {
        const isNew =
          index <= commit && logTermAt(state, index) === term && !committed.some((one) => one.index === index)
        if (isNew) committed.push({ index, term })
      }
      checkKnown(node)
      checkChange(node, cluster)
    },
  }

  function learnFrom(entries: readonly Entry[]): void {
    for (const { index, term, type, payload } of entries) {
      if (type === 'configuration') learn(index, term, () => decodeConfiguration(payload))
    }
  }

  function learn(index: number, term: number, configuration: () => Configuration): void {
    if (isWritten.has(`${index}@${term}`)) return
    isWritten.add(`${index}@${term}`)
    written.push({ index, term, configuration: configuration() })
  }

  function checkKnown({ id, state }: NodeObservation): void {
    const { log, snapshot } = state
    const from = Math.max(0, ...committed.filter(({ index }) => index <= snapshot.index).map(({ index }) => index))
    const inLog = written.filter(({ index, term }) => index > log.base.index && logTermAt(state, index) === term)
    const wanted = inLog.filter(({ index }) => index >= from).map(({ index }) => index)
    if (!wanted.includes(from)) wanted.push(from)
    const known = state.configurations.map(({ index }) => index)
    if (wanted.sort((a, b) => a - b).join() !== known.join()) {
      throw new Violation(
        name,
        `${id} goes by configurations ${known.join()}, its log and snapshot have ${wanted.join()}`,
      )
    }
    for (const { index, configuration } of state.configurations) {
      if (compared.has(configuration)) continue
      compared.add(configuration)
      const sources = written.filter((one) => one.index === index)
      if (index > 0 && !sources.some((one) => isSame(one.configuration, configuration))) {
        throw new Violation(name, `${id} goes by another configuration ${index} than was written`)
      }
    }
  }

  function checkChange({ id, state }: NodeObservation, cluster: ClusterObservation): void {
    const { role, configurations, commit } = state
    const [before, after] = configurations.slice(-2)
    if (role.kind !== 'leader' || before === undefined || after === undefined || after.index < role.openingIndex) return
    if (commit < role.openingIndex) throw new Violation(name, `${id} changes voters before its opening is committed`)
    if (before.index > commit) throw new Violation(name, `${id} changes voters before ${before.index} is committed`)
    checkPhase(id, before, after)
    for (const { id: server, incarnation, suffrage } of after.configuration.servers) {
      const earlier = before.configuration.servers.find((one) => one.incarnation === incarnation)
      if (suffrage !== 'voter' || earlier?.suffrage === 'voter') continue
      if (earlier === undefined) throw new Violation(name, `${id} gives a vote to ${server}, whose disk is empty`)
      const lags =
        earlier.suffrage === 'staging' && cluster.durableIndex(server, incarnation) + caughtUpEntries < after.index - 1
      if (lags) throw new Violation(name, `${id} gives a vote to ${server}, which has not caught up`)
    }
  }
}

/** One voter at a time, or all by way of a joint configuration that begins with those before and ends with those it brings. */
function checkPhase(id: string, before: PlacedConfiguration, after: PlacedConfiguration): void {
  const [was, is] = [before.configuration, after.configuration]
  const wrong = (what: string): Violation => new Violation(name, `${id} ${what}`)
  if (was.outgoing.length > 0) {
    if (is.outgoing.length > 0 || !areSame(was.servers, is.servers))
      throw wrong('leaves a joint configuration for another')
  } else if (is.outgoing.length > 0) {
    if (!areSame(was.servers, is.outgoing)) throw wrong('enters a joint configuration from another')
  } else {
    const changes = changedVoters(before, after)
    if (changes.length > 1) throw wrong(`changes ${changes.length} voters at once`)
  }
}

function areSame(some: readonly Server[], others: readonly Server[]): boolean {
  return isSame({ servers: some, outgoing: [] }, { servers: others, outgoing: [] })
}

function isSame(a: Configuration, b: Configuration): boolean {
  return a === b || encodeConfiguration(a).join() === encodeConfiguration(b).join()
}

function changedVoters(before: PlacedConfiguration, after: PlacedConfiguration): readonly string[] {
  const [was, is] = [before, after].map(
    ({ configuration }) =>
      new Set(voterLists(configuration).flatMap((voters) => voters.map(({ incarnation }) => incarnation))),
  )
  return [...[...is!].filter((voter) => !was!.has(voter)), ...[...was!].filter((voter) => !is!.has(voter))]
}

import type { Incarnation, LogIndex, Member, ServerId } from './types.ts'

/** Voters are counted; the others receive the log and are not. The leader promotes `staging` once it has caught up. */
export type Suffrage = 'voter' | 'nonVoter' | 'staging'

/** One member as a configuration names it. */
export interface Server {
  readonly id: ServerId
  readonly incarnation: Incarnation
  /** Where peers dial it, `host:port`. */
  readonly address: string
  readonly suffrage: Suffrage
}

/**
 * Who belongs to the cluster.
 *
 * While `outgoing` is not empty the configuration is joint (dissertation 4.3) and decisions need a majority of the
 * voters of both lists.
 */
export interface Configuration {
  readonly servers: readonly Server[]
  readonly outgoing: readonly Server[]
}

/** A configuration and the entry that brought it; index 0 is the founding record's. */
export interface PlacedConfiguration {
  readonly index: LogIndex
  readonly configuration: Configuration
}

/** The configuration of a node that knows no cluster yet. */
export const noConfiguration: Configuration = { servers: [], outgoing: [] }

/** Every server that must receive the log, each id once; the incoming list wins. */
export function replicatedServers(configuration: Configuration): readonly Server[] {
  if (configuration.outgoing.length === 0) return configuration.servers
  const incoming = new Set(configuration.servers.map((server) => server.id))
  return [...configuration.servers, ...configuration.outgoing.filter((server) => !incoming.has(server.id))]
}

/** The lists whose voters must each agree: one, or two while the configuration is joint. */
export function voterLists(configuration: Configuration): readonly (readonly Server[])[] {
  const lists =
    configuration.outgoing.length === 0 ? [configuration.servers] : [configuration.servers, configuration.outgoing]
  return lists.map((servers) => servers.filter((server) => server.suffrage === 'voter'))
}

/** The server with this id, from the incoming list first. */
export function findServer(configuration: Configuration, id: ServerId): Server | undefined {
  return (
    configuration.servers.find((server) => server.id === id) ??
    configuration.outgoing.find((server) => server.id === id)
  )
}

/** True when `member` is a voter of either list, under the incarnation that list names. */
export function isVoter(configuration: Configuration, member: Member): boolean {
  return voterLists(configuration).some((voters) =>
    voters.some((voter) => voter.id === member.id && voter.incarnation === member.incarnation),
  )
}

/** True when `member` belongs to the configuration under the incarnation it names. */
export function isMember(configuration: Configuration, member: Member): boolean {
  return [...configuration.servers, ...configuration.outgoing].some(
    (server) => server.id === member.id && server.incarnation === member.incarnation,
  )
}

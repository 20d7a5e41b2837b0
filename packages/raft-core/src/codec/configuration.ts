import type { Configuration, Server, Suffrage } from '../configuration.ts'
import { RaftError } from '../errors.ts'
import { hexField, readFields, repeatedField, stringField, uintField } from './reader.ts'
import { Writer } from './writer.ts'

const suffrageNumbers: Record<Suffrage, number> = { voter: 1, nonVoter: 2, staging: 3 }
const suffrages: readonly (Suffrage | undefined)[] = [undefined, 'voter', 'nonVoter', 'staging']

/** Configuration of proto/raft/v1; servers as they stand, which is sorted by id. */
export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const writer = new Writer()
  for (const server of configuration.servers) writer.message(1, encodeServer(server))
  for (const server of configuration.outgoing) writer.message(2, encodeServer(server))
  return writer.finish()
}

/** Reads what {@link encodeConfiguration} wrote. */
export function decodeConfiguration(bytes: Uint8Array): Configuration {
  const fields = readFields(bytes)
  return {
    servers: repeatedField(fields, 1).map(decodeServer),
    outgoing: repeatedField(fields, 2).map(decodeServer),
  }
}

/** Server of proto/raft/v1. */
export function encodeServer(server: Server): Uint8Array {
  return new Writer()
    .string(1, server.id)
    .hex(2, server.incarnation)
    .string(3, server.address)
    .uint(4, suffrageNumbers[server.suffrage])
    .finish()
}

/** Reads what {@link encodeServer} wrote. */
export function decodeServer(bytes: Uint8Array): Server {
  const fields = readFields(bytes)
  const suffrage = suffrages[uintField(fields, 4)]
  if (suffrage === undefined) {
    throw new RaftError('INVALID_RECORD', `a configuration holds the unknown suffrage ${uintField(fields, 4)}`)
  }
  return {
    id: stringField(fields, 1),
    incarnation: hexField(fields, 2),
    address: stringField(fields, 3),
    suffrage,
  }
}

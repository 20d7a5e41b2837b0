import type { Finding } from '../finding.ts'
import { allKeys } from '../keys/all-keys.ts'
import { nearestKey } from '../nearest.ts'
import type { Setting, SourceReading } from './setting.ts'

const prefix = 'AGGREGATOR_'

/** The variable of a key: `AGGREGATOR_RAFT_NODE_ID` for `raft.node_id`. */
export function variableOf(key: string): string {
  return prefix + key.toUpperCase().replaceAll('.', '_')
}

const byVariable = new Map(allKeys.map((spec) => [variableOf(spec.key), spec]))

// Kubernetes gives every container such variables for a service named "aggregator" or "aggregator-…": NAME=value.
const serviceLink =
  /_(SERVICE_HOST=.*|SERVICE_PORT(_.+)?=\d+|PORT(_\d+_(TCP|UDP|SCTP))?=\w+:\/\/.*|PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)=.*)$/

/** Reads the variables that start with `AGGREGATOR_`. An empty one counts as not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): SourceReading {
  const settings: Setting[] = []
  const errors: Finding[] = []
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(prefix) || text === undefined || text === '') continue
    const spec = byVariable.get(name)
    if (spec) settings.push({ spec, text, source: { kind: 'environment', label: name } })
    else if (!serviceLink.test(`${name}=${text}`)) errors.push(unknownVariable(name))
  }
  return { settings, errors }
}

function unknownVariable(name: string): Finding {
  const nearest = nearestKey(dotted(name.slice(prefix.length).toLowerCase()))
  return { key: name, source: 'environment', problem: `no such variable; did you mean ${variableOf(nearest)}?` }
}

/** `raft_node_id` as `raft.node_id` when it starts with the name of a section, so that distances are fair. */
function dotted(name: string): string {
  const section = allKeys.map((spec) => spec.key.split('.')[0]!).find((candidate) => name.startsWith(`${candidate}_`))
  return section ? `${section}.${name.slice(section.length + 1)}` : name
}

import type { ConfigValue, KeySpec } from '../keys/key-spec.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { formatHostPort, type HostPort } from './host-port.ts'
import { formatPeers, type Peer } from './peers.ts'

/** Writes a value of this key as an operator would, so that parsing it gives the same value. Empty for "not set". */
export function formatValue(spec: KeySpec, value: ConfigValue): string {
  switch (spec.kind) {
    case 'duration':
      return formatDuration(value as number)
    case 'bytes':
      return formatBytes(value as number)
    case 'address':
    case 'listenAddress':
      return value === undefined ? '' : formatHostPort(value as HostPort)
    case 'peers':
      return formatPeers(value as readonly Peer[])
    case 'list':
    case 'multiaddrs':
      return (value as readonly string[]).join(',')
    case 'text':
    case 'multiaddr':
    case 'name':
    case 'bool':
    case 'int':
    case 'fraction':
    case 'choice':
    case 'path':
    case 'homePath':
      return typeof value === 'string' ? value : JSON.stringify(value)
  }
}

/** The same, fit to be shown: secrets are hidden. */
export function shownValue(spec: KeySpec, value: ConfigValue): string {
  return spec.secret && value !== '' ? '(hidden)' : formatValue(spec, value)
}

import type { KeySpec } from '../keys/key-spec.ts'

/** How a value of this key is written, in a word: for help and documentation. */
export function kindText(spec: KeySpec): string {
  switch (spec.kind) {
    case 'choice':
      return (spec.choices ?? []).join('|')
    case 'int':
      return spec.unit ?? 'number'
    case 'bool':
      return 'true|false'
    case 'path':
    case 'homePath':
      return 'path'
    case 'address':
    case 'listenAddress':
      return 'host:port'
    case 'multiaddr':
      return 'multiaddr'
    case 'multiaddrs':
      return 'multiaddr,…'
    case 'peers':
      return 'id@host:port,…'
    case 'list':
      return 'word,…'
    case 'fraction':
      return '0…1'
    case 'text':
    case 'name':
    case 'duration':
    case 'bytes':
      return spec.kind
  }
}

/** The default as people should read it; empty when there is none. */
export function defaultText(spec: KeySpec): string {
  return spec.defaultText ?? spec.default
}

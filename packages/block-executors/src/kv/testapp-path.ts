/** Where a value can be read: its key, and the height from which on. */
export interface Version {
  readonly key: string
  readonly height: number
}

/** What ev-node's test application keeps for itself and leaves out of its root. No key can lead there, as paths begin with `/height`. */
const reserved = new Set(['/genesis/initialized', '/genesis/stateroot', '/finalizedHeight'])

/**
 * Where ev-node's test application writes a key at a height; undefined when that is reserved. go-datastore cleans the part behind
 * `/height` as an absolute path.
 */
export function testappPath(height: number, key: string): string | undefined {
  const path = `/height${cleaned(`${height}/${key}`)}`
  return reserved.has(path) ? undefined : path
}

/** What the test application finds at a path when it is asked for a key; undefined when no key leads there. */
export function versionOf(path: string): Version | undefined {
  const parts = path.split('/').slice(2)
  const digits = /^[ \t]*([0-9]+)/.exec(parts[0] ?? '')?.[1]
  const height = Number(digits)
  if (parts.length < 2 || !Number.isSafeInteger(height)) return undefined
  return { height, key: parts.slice(1).join('/') }
}

/** As Go's `path.Clean` of an absolute path; nothing for the root. */
function cleaned(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.map((part) => `/${part}`).join('')
}

import type { ConfigValue, KeySpec } from '../keys/key-spec.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { type Parsed, unparsed } from './parsed.ts'

/** The value again, or what is wrong when it is below the key's `min` or above its `max`. */
export function withinLimits(spec: KeySpec, result: Parsed<ConfigValue>): Parsed<ConfigValue> {
  if (!result.ok || typeof result.value !== 'number') return result
  if (spec.min !== undefined && result.value < spec.min) {
    return unparsed(`${write(spec, result.value)} is too small; write at least ${write(spec, spec.min)}`)
  }
  if (spec.max !== undefined && result.value > spec.max) {
    return unparsed(`${write(spec, result.value)} is too large; write at most ${write(spec, spec.max)}`)
  }
  return result
}

function write(spec: KeySpec, value: number): string {
  if (spec.kind === 'duration') return formatDuration(value)
  return spec.kind === 'bytes' ? formatBytes(value) : String(value)
}

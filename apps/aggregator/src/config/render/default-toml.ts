import { allSections, type NamedSection } from '../keys/all-keys.ts'
import type { ConfigValue, KeySpec } from '../keys/key-spec.ts'
import type { ResolvedKeys } from '../merge.ts'
import { formatValue } from '../values/format-value.ts'
import { defaultText } from './key-text.ts'

/**
 * A `config.toml` with every key that has an effect, explained. Keys that a source has set are written out; the others
 * are comments that show their default, so that a later version may have a better one. Secrets and keys that are not
 * taken from files are left out. Without `keys` everything is a comment.
 */
export function renderDefaultToml(keys?: ResolvedKeys): string {
  const sections = allSections.map((section) => sectionToml(section, keys)).filter((text) => text !== '')
  return `# Configuration of an aggregator. Flags (--raft.node_id) and the environment (AGGREGATOR_RAFT_NODE_ID) win over it.
# A key behind "#" has the default that is shown.

${sections.join('\n')}`
}

function sectionToml({ name, keys: specs }: NamedSection, keys: ResolvedKeys | undefined): string {
  const blocks = Object.values(specs)
    .map((spec) => keyToml(spec, keys))
    .filter((text) => text !== '')
  if (blocks.length === 0) return ''
  return name === '' ? blocks.join('\n') : `[${name}]\n\n${blocks.join('\n')}`
}

function keyToml(spec: KeySpec, keys: ResolvedKeys | undefined): string {
  const resolved = keys?.get(spec.key)
  const isSet = resolved !== undefined && resolved.source.kind !== 'default'
  if (spec.flagOnly || spec.secret || (spec.inert !== undefined && !isSet)) return ''
  const name = spec.key.slice(spec.key.indexOf('.') + 1)
  const comment = `# ${spec.about} Default: ${defaultText(spec) || 'none'} (${spec.why}).`
  const line = isSet ? `${name} = ${tomlValue(spec, resolved.value)}` : `# ${name} = ${tomlDefault(spec)}`
  return `${comment}\n${line}\n`
}

function tomlValue(spec: KeySpec, value: ConfigValue): string {
  return tomlText(spec, formatValue(spec, value))
}

function tomlDefault(spec: KeySpec): string {
  return tomlText(spec, spec.default)
}

function tomlText(spec: KeySpec, text: string): string {
  return spec.kind === 'bool' || spec.kind === 'int' || spec.kind === 'fraction' ? text : basicString(text)
}

/** JSON's escapes are TOML's, but for the delete character, which JSON leaves as it is. */
function basicString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F')
}

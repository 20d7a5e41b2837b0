import { allSections, type NamedSection } from '../keys/all-keys.ts'
import type { KeySpec } from '../keys/key-spec.ts'
import { defaultText, kindText } from './key-text.ts'

const indent = ' '.repeat(6)
const width = 100

/** The flags of the configuration for `--help`, by section; commander's `addHelpText('after', …)` takes it. */
export function configFlagsHelp(): string {
  const sections = allSections.map(sectionHelp).filter((text) => text !== '')
  return `
Configuration (each flag also as --evnode.<key> and --rollkit.<key>, as AGGREGATOR_<KEY> in the environment
and in <home>/config/config.toml or evnode.yaml; flags win over the environment, the environment over files):

${sections.join('\n')}`
}

function sectionHelp({ title, keys }: NamedSection): string {
  const shown = Object.values(keys).filter((spec) => !spec.hidden)
  const used = shown.filter((spec) => spec.inert === undefined)
  const inert = shown.filter((spec) => spec.inert !== undefined)
  const lines = used.flatMap(keyHelp)
  if (inert.length > 0) lines.push('  without effect here:', ...wrap(inert.map((spec) => spec.key).join(', ')))
  return `${title}:\n${lines.join('\n')}\n`
}

function keyHelp(spec: KeySpec): readonly string[] {
  const flag = spec.kind === 'bool' ? `--${spec.key}` : `--${spec.key} <${kindText(spec)}>`
  const shownDefault = spec.kind === 'bool' && spec.default === 'false' ? '' : defaultText(spec)
  return [`  ${flag}`, ...wrap(shownDefault ? `${spec.about} (default ${shownDefault})` : spec.about)]
}

function wrap(text: string): readonly string[] {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(' ')) {
    if (line !== indent && line.length + word.length >= width) {
      lines.push(line.trimEnd())
      line = indent
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}

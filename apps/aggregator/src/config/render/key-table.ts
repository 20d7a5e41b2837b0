import { allSections, type NamedSection } from '../keys/all-keys.ts'
import type { KeySpec } from '../keys/key-spec.ts'
import { defaultText, kindText } from './key-text.ts'

/** The reference part of `docs/configuration.md`: one table a section, made from the key table. */
export function renderKeyTable(): string {
  return allSections.map(sectionTable).join('\n')
}

function sectionTable({ title, name, keys }: NamedSection): string {
  const shown = Object.values(keys).filter((spec) => !spec.hidden)
  const used = shown.filter((spec) => spec.inert === undefined)
  const inert = shown.filter((spec) => spec.inert !== undefined)
  const parts = [`### ${name === '' ? title : `${title} (\`${name}\`)`}\n`]
  if (used.length > 0)
    parts.push(table(['key', 'value', 'default', 'what it does', 'why this default'], used.map(usedRow)))
  if (inert.length > 0) parts.push(table(['known, without effect', 'default', 'why'], inert.map(inertRow)))
  return parts.join('\n')
}

function usedRow(spec: KeySpec): readonly string[] {
  const about = spec.flagOnly ? `${spec.about} Not taken from files.` : spec.about
  return [code(spec.key), kindText(spec), code(defaultText(spec)), about, spec.why]
}

function inertRow(spec: KeySpec): readonly string[] {
  return [code(spec.key), code(spec.default), spec.refused ? `${spec.inert}; setting it is an error` : spec.inert!]
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`)
  return `${lines.join('\n')}\n`
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|')
}

import { readFileSync } from 'node:fs'

/** Of the repository. */
export const top: string = new URL('../../../../', import.meta.url).pathname

export const readme: string = readFileSync(`${top}README.md`, 'utf8')

export interface Snippet {
  readonly language: string
  readonly text: string
}

/** Everything between fences, in order. */
export const snippets: readonly Snippet[] = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
  ([, language = '', text = '']) => ({ language, text }),
)

/** The commands of a shell snippet: without comments, continued lines joined, each cut into its words. */
export function commandsOf(text: string): readonly (readonly string[])[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/["']/g, '')))
}

/** What `curl` would do with these words: a request and the text of its answer. Fails with what `curl` would show. */
export async function curl(words: readonly string[], ports: ReadonlyMap<string, number>): Promise<string> {
  const valueOf = (flag: string): string | undefined =>
    words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined
  const url = new URL(`http://${words.at(-1)}`)
  url.port = String(ports.get(url.port) ?? url.port)
  const body = valueOf('-d')
  const answer = await fetch(url, { method: valueOf('-X') ?? 'GET', ...(body !== undefined && { body }) })
  return answer.text()
}

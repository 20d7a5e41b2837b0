import type { Suffrage } from 'raft-core'
import { type Act, type Cluster, perform, simulate, type SimulateOptions, Violation } from 'raft-testkit'

/**
 * A golden trace is a text: a title, what it teaches, and commands, each behind `> ` and followed by everything that happened until
 * the next. Playing it gives the same text with what happens now.
 */
export function playGolden(text: string): string {
  const player = new Player()
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('> ')) lines.push('', line, ...player.run(line.slice(2)))
    else if (player.isBefore && line !== '') lines.push(...(lines.length > 0 ? [''] : []), line)
  }
  return `${lines.join('\n')}\n`
}

/** Lines of one command that are shown; a trace is to be read. */
const mostLines = 120

class Player {
  #cluster: Cluster | undefined
  #lines: string[] = []
  #hidden: readonly string[] = ['heartbeat']

  /** No command was played yet. */
  get isBefore(): boolean {
    return this.#cluster === undefined
  }

  run(command: string): readonly string[] {
    this.#lines = []
    const words = command.split(' ')
    const isQuiet = words[0] === 'quietly'
    try {
      this.#perform(isQuiet ? words.slice(1) : words)
    } catch (error) {
      if (!(error instanceof Violation)) throw new Error(`in: ${command}`, { cause: error })
      this.#lines.push(`VIOLATION ${error.message}`)
    }
    if (isQuiet) return []
    if (this.#lines.length > mostLines)
      throw new Error(`${command} gives ${this.#lines.length} lines; nobody reads that`)
    return this.#lines
  }

  #perform([verb = '', ...words]: readonly string[]): void {
    if (verb === 'nodes') return this.#begin(words)
    const cluster = this.#cluster
    if (cluster === undefined) throw new Error('the first command is nodes')
    switch (verb) {
      case 'run':
        return cluster.run({ ms: Number(words[0]) })
      case 'until':
        return cluster.runUntil(() => holds(cluster, words))
      case 'hide':
        this.#hidden = words
        return
      case 'status':
        for (const id of cluster.ids) this.#lines.push(statusLine(cluster, id))
        return
      case 'outcomes':
        for (const [text, outcome] of cluster.outcomes) this.#lines.push(`${text} ${outcome}`)
        return
      default:
        perform(cluster, actOf(verb, words))
    }
  }

  #begin([count, ...options]: readonly string[]): void {
    const cluster = simulate({ ...optionsOf(options), nodes: Number(count), isSteady: true, isVerbose: true })
    this.#cluster = cluster
    cluster.network.faults = { ...cluster.network.faults, delayMs: 1 }
    cluster.watcher.onLine = (atMs, line) => {
      if (this.#hidden.some((word) => line.includes(word))) return
      this.#lines.push(`${atMs.toFixed(1).padStart(8)}  ${line}`)
    }
  }
}

/** `seed=4 timing.heartbeatTimeoutMs=100`. */
function optionsOf(words: readonly string[]): SimulateOptions {
  const options: Record<string, Record<string, number> | number> = {}
  for (const word of words) {
    const [path = '', value] = word.split('=')
    const [group = '', name] = path.split('.')
    if (name === undefined) options[group] = Number(value)
    else options[group] = { ...(options[group] as Record<string, number> | undefined), [name]: Number(value) }
  }
  return options
}

/** `a leader`, `n2 leads`, `n2 follower`, `n2 applied 5`, `n1 snapshot 4`, `n2 term 3`, `n2 ends`, `s1 decided`. */
function holds(cluster: Cluster, [subject = '', what = '', value = '0']: readonly string[]): boolean {
  switch (what) {
    case 'leader':
      return cluster.leader() !== undefined
    case 'leads':
      return cluster.leader() === subject
    case 'decided':
      return cluster.outcomes.get(subject) !== 'pending'
    case 'ends':
      return cluster.process(subject)?.isAlive === false
  }
  if (!cluster.process(subject)?.isAlive) return false
  switch (what) {
    case 'applied':
      return cluster.applied(subject) >= Number(value)
    case 'snapshot':
      return cluster.status(subject).snapshot.index >= Number(value)
    case 'term':
      return cluster.status(subject).term >= Number(value)
    default:
      return cluster.role(subject) === what
  }
}

function actOf(kind: string, [first = '', second = '', ...rest]: readonly string[]): Act {
  switch (kind) {
    case 'pause':
    case 'stallDisk':
      return { kind, id: first, ms: Number(second) }
    case 'crashAfter':
      return { kind, id: first, acts: Number(second) }
    case 'cut':
    case 'reset':
      return { kind, from: first, to: second }
    case 'clog':
      return { kind, from: first, to: second, ms: Number(rest[0]) }
    case 'partition':
      return { kind, side: [first, second, ...rest].filter((id) => id !== '') }
    case 'heal':
      return { kind }
    case 'transfer':
      return { kind, at: first, to: second || undefined }
    case 'propose':
      return { kind, text: first === 'nothing' ? '' : first, at: second }
    case 'read':
      return { kind, read: first as 'verified' | 'barrier', at: second }
    case 'suffrage':
      return { kind, at: first, suffrages: suffragesOf([second, ...rest]) }
    case 'start':
    case 'stop':
    case 'crash':
    case 'wipe':
    case 'breakDisk':
    case 'failSnapshot':
    case 'snapshot':
    case 'isolate':
      return { kind, id: first }
    default:
      throw new Error(`there is no command ${kind}`)
  }
}

/** `n2=voter n3=nonVoter`. */
function suffragesOf(words: readonly string[]): Readonly<Record<string, Suffrage>> {
  return Object.fromEntries(words.map((word) => word.split('=') as [string, Suffrage]))
}

function statusLine(cluster: Cluster, id: string): string {
  const process = cluster.process(id)
  if (!process?.isAlive) return `${id} is down`
  const { role, term, lastIndex, commitIndex, appliedIndex, snapshot } = cluster.status(id)
  return `${id} ${role}, term ${term}, log through ${lastIndex}, committed ${commitIndex}, applied ${appliedIndex}, snapshot ${snapshot.index}`
}

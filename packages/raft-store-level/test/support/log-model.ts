import { type Entry, type HardState, initialHardState, type LogPosition, type LogWrite, type TermRun } from 'raft-core'

/** A log as a plain array: the slow oracle. Never changed; each operation gives the next one. */
export interface LogModel {
  readonly base: LogPosition
  readonly entries: readonly Entry[]
  readonly hardState: HardState
}

export const emptyModel: LogModel = { base: { index: 0, term: 0 }, entries: [], hardState: initialHardState }

export function lastIndex({ base, entries }: LogModel): number {
  return base.index + entries.length
}

export function appended(model: LogModel, { truncateFrom, entries, hardState }: LogWrite): LogModel {
  const kept = model.entries.filter(({ index }) => truncateFrom === undefined || index < truncateFrom)
  return { ...model, entries: [...kept, ...entries], hardState: hardState ?? model.hardState }
}

export function compacted(model: LogModel, position: LogPosition): LogModel {
  return { ...model, base: position, entries: model.entries.filter(({ index }) => index > position.index) }
}

export function reset(model: LogModel, position: LogPosition): LogModel {
  return { ...model, base: position, entries: [] }
}

export function termRuns({ entries }: LogModel): TermRun[] {
  const runs: TermRun[] = []
  for (const { index, term } of entries) if (runs.at(-1)?.term !== term) runs.push({ from: index, term })
  return runs
}

/** What a read of the log answers. */
export function readFrom({ entries }: LogModel, from: number, end: number, limitBytes: number): readonly Entry[] {
  const wanted = entries.filter(({ index }) => index >= from && index < end)
  let bytes = 0
  const stop = wanted.findIndex(({ record }, i) => (bytes += record.length) > limitBytes && i > 0)
  return stop < 0 ? wanted : wanted.slice(0, stop)
}

/** What tells entries apart, without caring which kind of byte array holds them. */
export function plain(entries: readonly Entry[]): string[] {
  return entries.map(({ index, term, record }) => `${index}@${term} ${Buffer.from(record).toString('hex')}`)
}

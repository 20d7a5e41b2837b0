/** Prometheus' text format as a map from `name{label="value",…}` to the value, and the names and types it declares. */
export interface Samples {
  readonly values: ReadonlyMap<string, number>
  readonly types: ReadonlyMap<string, string>
}

/** Reads all of it; a line that is none of the format throws. */
export function parseSamples(text: string): Samples {
  const values = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('# HELP ')) continue
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line)
    const sample = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$/.exec(line)
    if (type) types.set(type[1]!, type[2]!)
    else if (sample && !line.startsWith('#')) values.set(sample[1]!, numberOf(sample[2]!))
    else throw new Error(`"${line}" is no line of Prometheus' text format`)
  }
  return { values, types }
}

function numberOf(text: string): number {
  const value = text === '+Inf' ? Infinity : Number(text)
  if (Number.isNaN(value) && text.toLowerCase() !== 'nan') throw new Error(`"${text}" is no number`)
  return value
}

/**
 * What a picture shows of the tour's plain output: how it began, each event, each bar at its end, and the report. Left out are
 * the lines that only say that all goes on.
 */
export function tourLines(output: string): readonly string[] {
  const lines = output.trimEnd().split('\n')
  return lines.filter((line, i) => {
    if (/^\d\d:\d\d:\d\d {2}block \d+ /.test(line) || /the status page is at/.test(line)) return false
    const step = /tour: (\d+) of \d+, [^:]+/.exec(line)?.[0]
    if (step === undefined) return true
    // Of a step's lines the last one tells most; its first one nothing that the report does not.
    const isLast = !lines.slice(i + 1).some((later) => later.includes(step))
    return isLast && line.endsWith('blocks/s')
  })
}

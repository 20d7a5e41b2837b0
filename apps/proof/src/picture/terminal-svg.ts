const fontPx = 13
const rowPx = 19
const charPx = 7.83
const marginPx = 18

const style = `
  rect { fill: #11151c }
  text { font: ${fontPx}px ui-monospace, "SF Mono", Menlo, Consolas, monospace; fill: #c9d4e3; white-space: pre }
  .dim { fill: #7d8ba1 } .good { fill: #7ee2a8 } .bad { fill: #ff8a8a } .loud { fill: #ffd479 }
`

/** Lines of a terminal as an SVG picture that needs no font and no script; `title` is read out instead of it. */
export function terminalSvg(title: string, lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.length))
  const width = Math.ceil(columns * charPx + 2 * marginPx)
  const height = lines.length * rowPx + 2 * marginPx
  const rows = lines.map((line, i) => {
    const y = marginPx + (i + 1) * rowPx - 5
    return `<text x="${marginPx}" y="${y}" class="${classOf(line)}">${escaped(line)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${height}" rx="8"/>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}

function classOf(line: string): string {
  if (/FAILED|failed/.test(line)) return 'bad'
  if (/passed|doubles 0/.test(line)) return 'good'
  if (/killed|paused|kept away|leads/.test(line)) return 'loud'
  return 'dim'
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

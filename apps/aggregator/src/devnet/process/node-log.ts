import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { oneLine } from '../format.ts'

// Days of an idle node; one earlier file is kept, so a node's logs take at most about twice this plus one run.
const rotateAtBytes = 8 << 20
const tailBytes = 8 << 10

/** Opens a log for appending; a large one from earlier runs moves to `.1`. The caller closes the descriptor. */
export function openLog(path: string, limitBytes: number = rotateAtBytes): number {
  mkdirSync(dirname(path), { recursive: true })
  if (existsSync(path) && statSync(path).size > limitBytes) renameSync(path, `${path}.1`)
  return openSync(path, 'a')
}

/** The last line that says something; empty when there is none. */
export function lastLogLine(path: string): string {
  if (!existsSync(path)) return ''
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    readSync(file, buffer, 0, buffer.length, size - buffer.length)
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .map((line) => oneLine(line))
    return lines.findLast((line) => line !== '') ?? ''
  } finally {
    closeSync(file)
  }
}

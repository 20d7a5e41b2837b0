import { join } from 'node:path'
import { oneLine } from '../values/quote.ts'
import type { SourceReading } from './setting.ts'
import { readTomlFile } from './toml-file.ts'
import { unreadable } from './unreadable.ts'
import { readYamlFile } from './yaml-file.ts'

/** Longest configuration file that is read. */
const fileLimitBytes = 1024 * 1024

/** Gives the text of a file, or `undefined` when there is none; throws when it cannot be read. */
export type ReadFile = (path: string) => string | undefined

/** Reads `<home>/config/config.toml` and `<home>/config/evnode.yaml`, whichever exist. */
export function readConfigFiles(home: string, readFile: ReadFile): SourceReading {
  const readings = [
    readOne(join(home, 'config', 'config.toml'), 'config.toml', readFile, readTomlFile),
    readOne(join(home, 'config', 'evnode.yaml'), 'evnode.yaml', readFile, readYamlFile),
  ]
  return {
    settings: readings.flatMap((reading) => reading.settings),
    errors: readings.flatMap((reading) => reading.errors),
  }
}

function readOne(
  path: string,
  name: string,
  readFile: ReadFile,
  parse: (file: string, text: string) => SourceReading,
): SourceReading {
  try {
    const text = readFile(path)
    if (text === undefined) return { settings: [], errors: [] }
    if (Buffer.byteLength(text) > fileLimitBytes) return unreadable(name, path, 'is longer than 1 MiB; shorten it')
    return parse(oneLine(path), text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return unreadable(name, path, `cannot be read: ${oneLine(reason)}; make it readable or remove it`)
  }
}

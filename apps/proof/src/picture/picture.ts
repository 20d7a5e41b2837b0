import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../cluster/program.ts'
import { terminalSvg } from './terminal-svg.ts'
import { tourLines } from './tour-lines.ts'

/** Takes the tour and writes the picture of it to `file`. Answers with the tour's exit code; a tour that failed makes no picture. */
export async function picture(file: string): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'picture-'))
  try {
    const { code, stdout, stderr } = await runProgram(['devnet', '--tour', '--base-port=0', `--home=${home}`])
    if (code === 0)
      await writeFile(file, terminalSvg('npm start -- --tour', ['$ npm start -- --tour', ...tourLines(stdout)]))
    else process.stderr.write(stdout + stderr)
    return code
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { playGolden } from './play-golden.ts'

const directory = fileURLToPath(new URL('traces/', import.meta.url))

// `GOLDEN=write npx vitest run packages/raft-testkit/test/golden` writes what happens now; look at the difference before you keep it.
const isWriting = process.env['GOLDEN'] === 'write'

test.each(readdirSync(directory).sort())('%s', (name) => {
  const file = `${directory}${name}`
  const text = readFileSync(file, 'utf8')
  const played = playGolden(text)
  if (isWriting) writeFileSync(file, played)
  else expect(played).toBe(text)
})

import { expect, test, vi } from 'vitest'
import { main } from '../src/cli/main.ts'

test('--version prints the version and ends well', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  expect(await main(['--version'])).toBe(0)
  expect(written.mock.calls.join('')).toMatch(/^\d+\.\d+\.\d+/)
  written.mockRestore()
})

test('an unknown flag is a usage error', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(await main(['--no-such-flag'])).toBe(2)
  expect(written.mock.calls.join('')).toContain('--no-such-flag')
  written.mockRestore()
})

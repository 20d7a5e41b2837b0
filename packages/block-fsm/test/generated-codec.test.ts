import { evnode } from 'block-fsm'
import { expect, test } from 'vitest'

test('the generated codec reads a header that ev-node wrote, with its all-zero version', () => {
  const bytes = Uint8Array.of(0x0a, 0x00, 0x10, 0x07, 0x62, 0x02, 0x63, 0x31)
  const header = evnode.v1.Header.decode(bytes)
  expect(Number(header.height)).toBe(7)
  expect(header.chainId).toBe('c1')
  expect(header.version).not.toBeNull()
})

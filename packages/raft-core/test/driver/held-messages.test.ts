import { expect, test } from 'vitest'
import { HeldMessages } from '../../src/driver/held-messages.ts'

test('a message leaves when its write is durable, in order, and once', () => {
  const held = new HeldMessages()
  const message = { kind: 'timeoutNow', term: 1, lastLogIndex: 0 } as const
  const hold = (to: string, after: number): void => held.hold({ kind: 'send', to, message, after })
  const released = (write: number): string =>
    held
      .release(write)
      .map(({ to }) => to)
      .join('')
  hold('a', 3)
  hold('b', 5)
  hold('c', 3)
  hold('d', 4)
  expect([2, 3, 3, 4, 9].map(released)).toEqual(['', 'ac', '', 'd', 'b'])
})

import { PassThrough } from 'node:stream'
import type { ReadStream } from 'node:tty'
import { expect, test } from 'vitest'
import { listenToKeys } from '../../src/devnet/keys.ts'

function keyboard(): { stdin: ReadStream; modes: boolean[] } {
  const modes: boolean[] = []
  const stdin = Object.assign(new PassThrough(), {
    setRawMode: (isRaw: boolean) => {
      modes.push(isRaw)
      return stdin
    },
  }) as unknown as ReadStream
  return { stdin, modes }
}

test('keys act one by one, unknown ones do nothing, and the terminal is given back', async () => {
  const { stdin, modes } = keyboard()
  const pressed: string[] = []
  const note = (key: string) => () => void pressed.push(key)
  const dispose = listenToKeys(stdin, { k: note('k'), p: note('p'), a: note('a'), t: note('t'), quit: note('quit') })
  stdin.emit('data', Buffer.from('kx\u001b[Apat'))
  stdin.emit('data', Buffer.from('\u0003'))
  stdin.emit('data', Buffer.from('q'))
  dispose()
  stdin.emit('data', Buffer.from('k'))
  expect(pressed).toEqual(['k', 'p', 'a', 't', 'quit', 'quit'])
  expect(modes).toEqual([true, false])
})

import type { ReadStream } from 'node:tty'

const ctrlC = '\u0003'
const ctrlD = '\u0004'

/** What the keys do. */
export interface KeyActions {
  readonly k: () => void
  readonly p: () => void
  readonly a: () => void
  readonly t: () => void
  readonly quit: () => void
}

/** Takes single keys from a terminal until the returned function is called. Other keys do nothing. */
export function listenToKeys(stdin: ReadStream, actions: KeyActions): () => void {
  const onData = (chunk: Buffer): void => {
    for (const key of chunk.toString('latin1')) act(key, actions)
  }
  stdin.setRawMode(true)
  stdin.on('data', onData)
  stdin.resume()
  return () => {
    stdin.off('data', onData)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

function act(key: string, actions: KeyActions): void {
  switch (key) {
    case 'k':
    case 'p':
    case 'a':
    case 't':
      actions[key]()
      return
    case 'q':
    case ctrlC:
    case ctrlD:
      actions.quit()
      return
    default:
  }
}

import { Command } from 'commander'
import { expect, test } from 'vitest'
import { registerDevnet } from '../../src/devnet/register-devnet.ts'

/** Parses a command line that must be refused; answers what was written to stderr, and the error. */
async function refused(options: readonly string[], configArgs: readonly string[] = []): Promise<unknown> {
  const program = new Command('aggregator')
  registerDevnet(program, configArgs, () => undefined)
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined })
  try {
    await program.parseAsync(['devnet', ...options], { from: 'user' })
  } catch (error) {
    return error
  }
  throw new Error('it was taken')
}

test.each([
  [['--nodes', '0']],
  [['--nodes', '10']],
  [['--block-time', '5']],
  [['--block-time', '1ms']],
  [['--tx-rate', '-1']],
  [['--tx-rate', '5000']],
  [['--base-port', '80']],
  [['--base-port', '65500']],
  [['--no-such-option']],
  [['extra']],
])('%j is refused before anything is done', async (options) => {
  expect(await refused(options)).toMatchObject({ name: 'CommanderError', exitCode: 1 })
})

test('flags of a single node are refused by name', async () => {
  const error = await refused([], ['--raft.node_id=node-7'])
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining('--raft.node_id') as unknown })
})

test('a tour needs nodes to kill', async () => {
  expect(await refused(['--tour', '--nodes', '2'])).toMatchObject({ code: 'USAGE' })
})

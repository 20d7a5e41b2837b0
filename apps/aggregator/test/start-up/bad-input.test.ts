import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { main } from '../../src/index.ts'
import { freePorts } from '../support/free-ports.ts'
import { namesBelow } from '../support/home-contents.ts'

/** What is written wrong, what it ends with, and each line that must be on stderr, in order. */
interface Case {
  readonly name: string
  readonly flags?: readonly string[]
  readonly spoil?: (home: string) => void
  readonly env?: Readonly<Record<string, string>>
  readonly code: 1 | 2
  readonly lines: readonly (string | RegExp)[]
}

const genesis = (home: string): string => join(home, 'config', 'genesis.json')
const signer = (home: string): string => join(home, 'config', 'signer.json')
const nodeKey = (home: string): string => join(home, 'config', 'node_key.json')
const passphrase = (home: string): string => join(home, 'config', 'passphrase')
const toml = (text: string) => (home: string) => writeFileSync(join(home, 'config', 'config.toml'), text)
const cluster = ['--raft.enable', '--raft.node_id=a', '--raft.bootstrap']
const peers = (list: string): readonly string[] => [
  ...cluster,
  '--raft.raft_addr=127.0.0.1:5001',
  `--raft.peers=${list}`,
]

function editJson(path: string, change: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  change(value)
  writeFileSync(path, JSON.stringify(value))
}

let directory: string
let stderr: string[]
let stdout: string[]

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'aggregator-bad-input-'))
  expect(await runMain('init', '--home', join(directory, 'template'))).toBe(0)
})

afterEach(() => {
  vi.unstubAllEnvs()
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Runs the program in this process, and keeps what it says. */
async function runMain(...args: readonly string[]): Promise<number> {
  stderr = []
  stdout = []
  const spies = [
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => stderr.push(String(text)) > 0),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => stdout.push(String(text)) > 0),
  ]
  try {
    return await main(args)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

const usage: readonly Case[] = [
  {
    name: 'unknown flags, with and without a section',
    flags: ['--raft.node_di=x', '--hom=y'],
    code: 2,
    lines: [/unknown option '--hom=y'.*--home\?/, /raft\.node_di .*did you mean --raft\.node_id\?/],
  },
  {
    name: 'unknown keys in both files and the environment',
    spoil: (home) => {
      toml('[raft]\nnode_di = "x"\n')(home)
      writeFileSync(join(home, 'config', 'evnode.yaml'), 'node:\n  blok_time: 1s\n')
    },
    env: { AGGREGATOR_RAFT_PEER: 'x' },
    code: 2,
    lines: [
      /AGGREGATOR_RAFT_PEER .*did you mean AGGREGATOR_RAFT_PEERS\?/,
      /raft\.node_di .*config\.toml \[raft\].*did you mean raft\.node_id\?/,
      /node\.blok_time .*evnode\.yaml:\d+.*did you mean node\.block_time\?/,
    ],
  },
  {
    name: 'malformed, duplicate and undialable peers',
    flags: peers('a@127.0.0.1:1,b127.0.0.1:2,a@127.0.0.1:3,c@127.0.0.1:1,d@0.0.0.0:5,e@h:0'),
    code: 2,
    lines: [
      /names no node/,
      /"a" is listed twice/,
      /"127\.0\.0\.1:1" is listed twice/,
      /nobody can dial/,
      /nobody can dial/,
    ],
  },
  {
    name: 'an address that nobody can dial',
    flags: [...cluster, '--raft.raft_addr=0.0.0.0:5001', '--raft.peers=b@127.0.0.1:2'],
    code: 2,
    lines: [/raft\.\w+ .*(dial|advertise)/],
  },
  {
    name: 'bad addresses, multiaddrs and values',
    flags: [
      '--rpc.address=127.0.0.1',
      '--p2p.listen_address=/ip4/300.0.0.1/tcp/1',
      '--p2p.peers=/ip4/127.0.0.1/tcp/1',
      '--node.block_time=soon',
      '--raft.snap_count=0',
    ],
    code: 2,
    lines: [/node\.block_time/, /raft\.snap_count/, /p2p\.listen_address/, /p2p\.peers/, /rpc\.address/],
  },
  {
    name: 'a broken TOML file',
    spoil: toml('[raft\n'),
    code: 2,
    lines: [/config\.toml.*config\.toml:\d+.*is not TOML/],
  },
  { name: 'an unknown command', flags: ['--', 'x'], code: 2, lines: [/too many arguments/] },
]

const home: readonly Case[] = [
  {
    name: 'no genesis',
    spoil: (at) => rmSync(genesis(at)),
    code: 1,
    lines: [/genesis\.json is not there; copy it.*init/],
  },
  {
    name: 'a genesis that is not JSON',
    spoil: (at) => writeFileSync(genesis(at), '{"chain_id"'),
    code: 1,
    lines: [/genesis\.json: not JSON/],
  },
  {
    name: 'a genesis with wrong fields',
    spoil: (at) => editJson(genesis(at), (value) => Object.assign(value, { chain_id: '', initial_height: 0 })),
    code: 1,
    lines: [/genesis\.json: chain_id: .*; initial_height: /],
  },
  {
    name: 'a clock before the genesis',
    spoil: (at) => editJson(genesis(at), (value) => Object.assign(value, { start_time: '2999-01-01T00:00:00Z' })),
    code: 1,
    lines: [/the chain begins in \d+ s; look at the clock/],
  },
  { name: 'no key', spoil: (at) => rmSync(signer(at)), code: 1, lines: [/signer\.json is not there/] },
  {
    name: 'a broken key',
    spoil: (at) => writeFileSync(signer(at), '{}'),
    code: 1,
    lines: [/signer\.json: .*is missing/],
  },
  {
    name: 'no passphrase',
    spoil: (at) => rmSync(passphrase(at)),
    code: 1,
    lines: [/passphrase file .*is not there; copy it/],
  },
  {
    name: 'a wrong passphrase',
    spoil: (at) => writeFileSync(passphrase(at), 'wrong\n', { mode: 0o600 }),
    code: 1,
    lines: [/passphrase/],
  },
  {
    name: 'an empty passphrase file',
    spoil: (at) => writeFileSync(passphrase(at), '\n', { mode: 0o600 }),
    code: 1,
    lines: [/passphrase/],
  },
  {
    name: 'a file in the place of the data directory',
    spoil: (at) => writeFileSync(join(at, 'data'), ''),
    code: 1,
    lines: [/data is no directory/],
  },
  {
    name: 'a Raft directory below a file',
    spoil: toml('[raft]\nraft_dir = "config/genesis.json/raft"\n'),
    code: 1,
    lines: [/genesis\.json is no directory/],
  },
  {
    name: "ev-node's data",
    spoil: (at) => {
      mkdirSync(join(at, 'data', 'testapp'), { recursive: true })
      writeFileSync(join(at, 'data', 'testapp', 'KEYREGISTRY'), '')
    },
    code: 1,
    lines: [/testapp is data of ev-node/],
  },
  {
    name: "ev-node's Raft directory",
    spoil: (at) => {
      mkdirSync(join(at, 'raft'), { recursive: true })
      writeFileSync(join(at, 'raft', 'raft-log.db'), '')
    },
    code: 1,
    lines: [/raft-log\.db is data of ev-node/],
  },
  {
    name: 'a damaged Raft identity',
    spoil: (at) => {
      mkdirSync(join(at, 'raft'), { recursive: true })
      writeFileSync(join(at, 'raft', 'founding.bin'), 'RSTB1 and more')
    },
    code: 1,
    lines: [/founding\.bin does not match its checksum/],
  },
  {
    name: 'a damaged guard',
    spoil: (at) => {
      mkdirSync(join(at, 'data', 'guard'), { recursive: true })
      writeFileSync(join(at, 'data', 'guard', 'guard.bin'), 'DSGUARD\x01')
    },
    code: 1,
    lines: [/guard\.bin: its stamp does not match its checksum/],
  },
  {
    name: 'a home that is not there',
    spoil: (at) => rmSync(at, { recursive: true }),
    code: 1,
    lines: [/home-\d+ is not there; "aggregator init --home .*" makes a home/],
  },
  {
    name: 'a file in the place of the home',
    spoil: (at) => {
      rmSync(at, { recursive: true })
      writeFileSync(at, '')
    },
    code: 1,
    lines: [/home-\d+ is no directory/],
  },
  {
    name: 'directories in the place of files',
    spoil: (at) => {
      for (const path of [genesis(at), signer(at), passphrase(at)]) {
        rmSync(path)
        mkdirSync(path)
      }
    },
    code: 1,
    lines: [/genesis\.json cannot be read \(EISDIR\)/, /passphrase.*cannot be read \(EISDIR\)/, /signer\.json.*EISDIR/],
  },
  { name: 'no node key', spoil: (at) => rmSync(nodeKey(at)), code: 1, lines: [/no node key at .*node_key\.json/] },
  { name: 'a broken node key', spoil: (at) => writeFileSync(nodeKey(at), '{}'), code: 1, lines: [/node_key\.json/] },
  {
    name: 'an address of another machine',
    flags: ['--rpc.address=192.0.2.1:7331'],
    code: 1,
    lines: [/rpc\.address 192\.0\.2\.1:7331: is no address of this machine/],
  },
  {
    name: 'everything at once',
    spoil: (at) => {
      rmSync(genesis(at))
      rmSync(passphrase(at))
      writeFileSync(signer(at), '[')
      writeFileSync(join(at, 'data'), '')
    },
    code: 1,
    lines: [/genesis\.json/, /passphrase/, /signer\.json/, /data is no directory/],
  },
]

test.each([...usage, ...home])(
  'start with $name: each fault on a line of its own, and nothing written',
  async (bad) => {
    const [code, at] = await start(bad)
    const lines = stderr.join('').trimEnd().split('\n')
    expect(lines).toEqual(bad.lines.map((line) => expect.stringMatching(line)))
    expect([code, stdout]).toEqual([bad.code, []])
    if (bad.code === 1) for (const line of lines) expect(line).toMatch(/\(docs\/runbooks\/[a-z-]+\.md\)$/)
    expect(namesBelow(at)).toEqual(namesBefore)
  },
)

test.each([['--log.level=debug'], ['--evnode.log.level=debug'], ['AGGREGATOR_LOG_LEVEL'], ['config.toml']])(
  'the stack comes with the error when the log level debug is asked for with %s',
  async (how) => {
    const spoil = (at: string): void => {
      rmSync(genesis(at))
      if (how === 'config.toml') toml('[log]\nlevel = "debug"\n')(at)
    }
    const env = how.startsWith('AGG') ? { [how]: 'debug' } : {}
    await start({ name: how, spoil, env, flags: how.startsWith('--') ? [how] : [], code: 1, lines: [] })
    expect(stderr.join('')).toMatch(/^ +at /m)
  },
)

const inits: readonly Case[] = [
  {
    name: 'a home that is there',
    flags: ['--home=template'],
    code: 1,
    lines: [/genesis\.json is there already; init overwrites nothing/],
  },
  {
    name: 'a home below a file',
    flags: ['--home=template/config/passphrase/x'],
    code: 1,
    lines: [/passphrase is no directory/],
  },
  { name: 'an empty chain id', flags: ['--chain_id='], code: 2, lines: [/chain_id is not/] },
  { name: 'a chain id of two lines', flags: ['--chain_id=a\nb'], code: 2, lines: [/chain_id is not/] },
  {
    name: 'nobody to join',
    flags: ['--from=nowhere'],
    code: 1,
    lines: [/nowhere\/config\/genesis\.json cannot be read \(ENOENT\)/],
  },
  {
    name: 'a member without a passphrase to join',
    spoil: (at) => rmSync(passphrase(at)),
    flags: ['--from=spoiled'],
    code: 1,
    lines: [/config\/passphrase cannot be read \(ENOENT\)/],
  },
  {
    name: 'a member with a broken genesis to join',
    spoil: (at) => writeFileSync(genesis(at), '{'),
    flags: ['--from=spoiled'],
    code: 1,
    lines: [/not JSON/],
  },
  {
    name: 'a chain of its own and one to join',
    flags: ['--from=template', '--chain_id=x'],
    code: 2,
    lines: [/--from <home>.*cannot be used with.*--chain_id/],
  },
  {
    name: 'an option that it does not have',
    flags: ['--chainid=x'],
    code: 2,
    lines: [/--chainid.*Did you mean --chain_id\?/],
  },
  { name: 'a wrong configuration', flags: ['--raft.snap_count=0'], code: 2, lines: [/raft\.snap_count/] },
]

test.each(inits)('init with $name: one clear line, and nothing written', async ({ flags = [], spoil, code, lines }) => {
  const at = newHome(spoil)
  const before = namesBelow(directory)
  const named = flags.map((flag) =>
    flag.replace(/(?<==)template/, join(directory, 'template')).replace('=spoiled', `=${at}`),
  )
  const own = flags.some((flag) => flag.startsWith('--home')) ? [] : [`--home=${join(directory, 'none')}`]
  expect(await runMain('init', ...own, ...named)).toBe(code)
  expect(stderr.join('').trimEnd().split('\n')).toEqual(lines.map((line) => expect.stringMatching(line)))
  expect(namesBelow(directory)).toEqual(before)
})

let made = 0
let namesBefore: readonly string[]

/** A home of its own, spoiled. */
function newHome(spoil: Case['spoil']): string {
  const at = join(directory, `home-${made++}`)
  cpSync(join(directory, 'template'), at, { recursive: true })
  spoil?.(at)
  return at
}

/** Starts a node of such a home. */
async function start({ flags = [], spoil, env = {} }: Case): Promise<readonly [number, string]> {
  const at = newHome(spoil)
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const [rpc] = await freePorts(1)
  const own = [
    `--home=${at}`,
    '--node.aggregator',
    `--rpc.address=127.0.0.1:${rpc}`,
    '--p2p.listen_address=/ip4/127.0.0.1/tcp/0',
  ]
  const wanted = own.filter((flag) => !flags.some((other) => other.startsWith(flag.split('=')[0]!)))
  namesBefore = namesBelow(at)
  return [await runMain('start', ...wanted, ...flags), at]
}

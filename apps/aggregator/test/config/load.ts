import { type Config, type ConfigResult, findingLine, loadConfig, splitConfigArgs } from '../../src/config/index.ts'

export const home = '/home/op/.aggregator'
export const tomlFile = `${home}/config/config.toml`
export const yamlFile = `${home}/config/evnode.yaml`

export interface World {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly toml?: string
  readonly yaml?: string
  readonly purpose?: 'start' | 'other'
}

/** Loads a configuration in a world of strings: home /home/op, working directory /srv. */
export function load({ args = [], env = {}, toml, yaml, purpose = 'other' }: World): ConfigResult {
  const files = new Map([
    [tomlFile, toml],
    [yamlFile, yaml],
  ])
  const readFile = (path: string): string | undefined => files.get(path)
  const { config } = splitConfigArgs(args)
  return loadConfig({ args: config, env, userHome: '/home/op', workingDirectory: '/srv', readFile, purpose })
}

/** The configuration of a world in which nothing is wrong. */
export function accepted(world: World): Config {
  const result = load(world)
  if (!result.ok) throw new Error(result.errors.map(findingLine).join('\n'))
  return result.config
}

/** The keys of every error, in order; empty when the world is accepted. */
export function refusedKeys(world: World): readonly string[] {
  const result = load(world)
  return result.ok ? [] : result.errors.map((error) => error.key)
}

/** Every error as its line. */
export function errorLines(world: World): readonly string[] {
  const result = load(world)
  return result.ok ? [] : result.errors.map(findingLine)
}

/** The keys that are warned of. */
export function warnedKeys(world: World): readonly string[] {
  return load(world).warnings.map((warning) => warning.key)
}

/** The keys of notes; the world must be accepted. */
export function notedKeys(world: World): readonly string[] {
  const result = load(world)
  return result.ok ? result.notes.map((note) => note.key) : []
}

/** Flags of a sound cluster of three on other hosts, with p2p peers; `changes` replace or (undefined) remove some. */
export function clusterArgs(changes: Readonly<Record<string, string | undefined>> = {}): readonly string[] {
  const flags: Readonly<Record<string, string | undefined>> = {
    'node.aggregator': 'true',
    'raft.enable': 'true',
    'raft.node_id': 'node-1',
    'raft.raft_addr': '10.0.0.1:5001',
    'raft.bootstrap': 'true',
    'raft.peers': 'node-1@10.0.0.1:5001,node-2@10.0.0.2:5001,node-3@10.0.0.3:5001',
    'p2p.peers': `/ip4/10.0.0.2/tcp/7676/p2p/${peerId}`,
    ...changes,
  }
  return Object.entries(flags).flatMap(([key, value]) => (value === undefined ? [] : [`--${key}=${value}`]))
}

export const peerId = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

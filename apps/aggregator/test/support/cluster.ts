import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { BlockDocument, StatusDocument, TransactionDocument } from '../../src/rpc/node-view.ts'
import { freePorts } from './free-ports.ts'

export const program: string = fileURLToPath(new URL('../../bin/aggregator.js', import.meta.url))

/** What a run of the program came to. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program to its end. */
export async function run(...args: readonly string[]): Promise<Ended> {
  try {
    // A program that should have refused and runs instead must not outlive the test.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], { timeout: 60_000 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

export interface ClusterOptions {
  readonly nodes?: number
  /** As `node.block_time` is written. */
  readonly blockTime?: string
  readonly flags?: readonly string[]
}

/** Aggregator processes on this machine, each with its own home. */
export class AggregatorCluster {
  readonly directory: string
  readonly ids: readonly string[]
  readonly #raftPorts: readonly number[]
  readonly #rpcPorts: readonly number[]
  readonly #flags: readonly string[]
  readonly #children = new Map<string, ChildProcess>()

  private constructor(directory: string, ports: readonly number[], flags: readonly string[]) {
    const nodes = ports.length / 2
    this.directory = directory
    this.ids = Array.from({ length: nodes }, (_, i) => `node-${i}`)
    this.#raftPorts = ports.slice(0, nodes)
    this.#rpcPorts = ports.slice(nodes)
    this.#flags = flags
  }

  /** Makes the homes; starts nothing. */
  static async create({ nodes = 3, blockTime = '200ms', flags = [] }: ClusterOptions = {}): Promise<AggregatorCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'aggregator-'))
    const cluster = new AggregatorCluster(directory, await freePorts(2 * nodes), [
      `--node.block_time=${blockTime}`,
      ...flags,
    ])
    const [first = '', ...others] = cluster.ids
    await cluster.#init(first, '--chain_id', 'test')
    await Promise.all(others.map((id) => cluster.#init(id, '--from', cluster.home(first))))
    return cluster
  }

  async #init(id: string, ...source: readonly string[]): Promise<void> {
    expect(await run('init', '--home', this.home(id), ...source)).toMatchObject({ code: 0, stderr: '' })
  }

  home(id: string): string {
    return join(this.directory, id)
  }

  start(id: string, flags: readonly string[] = []): void {
    const log = openSync(join(this.directory, `${id}.log`), 'a')
    this.#children.set(
      id,
      spawn(process.execPath, [program, ...this.#flagsOf(id), ...flags], { stdio: ['ignore', log, log] }),
    )
  }

  /** Runs a node that is expected to end by itself. */
  runToEnd(id: string): ReturnType<typeof run> {
    return run(...this.#flagsOf(id))
  }

  #flagsOf(id: string): readonly string[] {
    const i = this.ids.indexOf(id)
    const peers = this.ids.map((peer, n) => `${peer}@127.0.0.1:${this.#raftPorts[n]}`).join(',')
    return [
      'start',
      `--home=${this.home(id)}`,
      '--node.aggregator',
      '--raft.enable',
      `--raft.node_id=${id}`,
      `--raft.raft_addr=127.0.0.1:${this.#raftPorts[i]}`,
      '--raft.bootstrap=true',
      `--raft.peers=${peers}`,
      '--raft.heartbeat_timeout=500ms',
      '--raft.leader_lease_timeout=400ms',
      `--rpc.address=127.0.0.1:${this.#rpcPorts[i]}`,
      '--p2p.listen_address=/ip4/127.0.0.1/tcp/0',
      ...this.#flags,
    ]
  }

  /** Sends a signal and gives the exit code once the process is gone; null when the signal itself ended it. */
  async signal(id: string, signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#children.get(id)!
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = (await exited) as [number | null]
    this.#children.delete(id)
    return code
  }

  /** Process id of a running node. */
  pid(id: string): number | undefined {
    return this.#children.get(id)?.pid
  }

  /** Stops a process for a while, or lets it go on. */
  stall(id: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#children.get(id)!.kill(signal)
  }

  log(id: string): Promise<string> {
    return readFile(join(this.directory, `${id}.log`), 'utf8')
  }

  /** What a person wants to see of a story that failed: where each node stands, and the end of its log. */
  async describe(): Promise<string> {
    const parts = [...this.#children.keys()].map(async (id) => {
      const status = JSON.stringify(await this.status(id))
      return `${id} ${status}\n${(await this.log(id)).split('\n').slice(-25).join('\n')}\n`
    })
    return (await Promise.all(parts)).join('\n')
  }

  url(id: string, path: string): string {
    return `http://127.0.0.1:${this.#rpcPorts[this.ids.indexOf(id)]}${path}`
  }

  /** The answer's JSON; undefined when nobody answers, or with another status than 200. */
  async get<Document>(id: string, path: string): Promise<Document | undefined> {
    try {
      const answer = await fetch(this.url(id, path), { signal: AbortSignal.timeout(3000) })
      return answer.status === 200 ? ((await answer.json()) as Document) : undefined
    } catch {
      return undefined // A process that is down, or not up yet, answers nothing.
    }
  }

  status(id: string): Promise<StatusDocument | undefined> {
    return this.get(id, '/status')
  }

  block(id: string, height: number): Promise<BlockDocument | undefined> {
    return this.get(id, `/blocks/${height}`)
  }

  transaction(id: string, hash: string): Promise<TransactionDocument | undefined> {
    return this.get(id, `/tx/${hash}`)
  }

  /** Posts a transaction until a node takes it; only a clear refusal is tried again. */
  async post(id: string, transaction: string): Promise<string> {
    for (;;) {
      const answer = await fetch(this.url(id, '/tx'), { method: 'POST', body: transaction })
      const body = (await answer.json()) as { hash: string; message?: string }
      if (answer.status === 202) return body.hash
      if (answer.status !== 503) throw new Error(`${id} answered ${answer.status}: ${body.message}`)
    }
  }

  /** Asks again and again until there is an answer; the test's own time limit ends a wait for ever. */
  async until<Found>(look: () => Promise<Found | undefined | false>): Promise<Found> {
    for (;;) {
      const found = await look()
      if (found !== undefined && found !== false) return found
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
    }
  }

  /** The node that produces, once there is one. */
  leader(): Promise<string> {
    return this.until(async () => {
      for (const id of this.#children.keys()) if ((await this.status(id))?.producing) return id
      return undefined
    })
  }

  /** Waits until every running node shows this height. */
  async reach(height: number): Promise<void> {
    for (const id of this.#children.keys()) {
      await this.until(async () => ((await this.status(id))?.height ?? 0) >= height)
    }
  }

  async close(): Promise<void> {
    const ends = [...this.#children.values()].map((child) => {
      const exited = once(child, 'exit')
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      return exited
    })
    await Promise.all(ends)
    await rm(this.directory, { recursive: true, force: true })
  }
}

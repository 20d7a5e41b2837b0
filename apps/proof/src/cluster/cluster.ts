import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeClient, type NodeClient } from '../client/node-client.ts'
import { ProofError } from '../errors.ts'
import { until, type Waiting } from '../wait.ts'
import { initHomes } from './init-homes.ts'
import { type Exit, NodeProcess } from './node-process.ts'
import { loopbackPlaces, type Place } from './place.ts'
import { startArgs } from './start-args.ts'

export interface ClusterOptions {
  readonly nodes?: number
  /** More arguments of `start`, for every node. */
  readonly flags?: readonly string[]
  /** Where the nodes live, given a directory for their homes; without it on loopback. */
  readonly places?: (directory: string) => Promise<readonly Place[]>
}

/** Aggregator processes on this machine, each with its own home. Nothing runs before `start`. */
export class Cluster {
  readonly directory: string
  readonly places: readonly Place[]
  /** The libp2p identities that `init` printed. */
  readonly peerIds: ReadonlyMap<string, string>
  readonly #flags: readonly string[]
  readonly #clients: ReadonlyMap<string, NodeClient>
  readonly #processes = new Map<string, NodeProcess>()

  private constructor(
    directory: string,
    places: readonly Place[],
    peerIds: ReadonlyMap<string, string>,
    flags: readonly string[],
  ) {
    this.directory = directory
    this.places = places
    this.peerIds = peerIds
    this.#flags = flags
    this.#clients = new Map(
      places.map(({ id, host, rpcPort, metricsPort }) => [
        id,
        nodeClient(`http://${host}:${rpcPort}`, `http://${host}:${metricsPort}`),
      ]),
    )
  }

  /** Makes the homes; starts nothing. */
  static async create({ nodes = 3, flags = [], places }: ClusterOptions = {}): Promise<Cluster> {
    const directory = await mkdtemp(join(tmpdir(), 'proof-'))
    const found = await (places?.(directory) ?? loopbackPlaces(directory, nodes))
    return new Cluster(directory, found, await initHomes(found), flags)
  }

  get ids(): readonly string[] {
    return this.places.map(({ id }) => id)
  }

  /** Those whose process runs, stalled ones included. */
  get running(): readonly string[] {
    return this.ids.filter((id) => this.#processes.get(id)?.exit === undefined && this.#processes.has(id))
  }

  place(id: string): Place {
    const place = this.places.find((place) => place.id === id)
    if (place === undefined) throw new ProofError('USAGE', `there is no ${id} in this cluster`)
    return place
  }

  client(id: string): NodeClient {
    return this.#clients.get(this.place(id).id)!
  }

  /** Starts a node; `flags` come after those of the cluster and win. `args` replaces all of them. */
  start(id: string, flags: readonly string[] = [], args?: readonly string[]): NodeProcess {
    const place = this.place(id)
    const all = args ?? startArgs(place, this.places, this.peerIds, [...this.#flags, ...flags])
    const process = new NodeProcess(all, this.#logFile(id), place.prefix)
    this.#processes.set(id, process)
    return process
  }

  startAll(): void {
    for (const id of this.ids) this.start(id)
  }

  /** Sends a signal that ends the process and waits for that. */
  async end(id: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<Exit> {
    const process = this.process(id)
    process.expectEnd()
    process.send(signal)
    return until(`${id} ended after ${signal}`, () => process.exit)
  }

  /** The newest run of a node. */
  process(id: string): NodeProcess {
    const process = this.#processes.get(id)
    if (process === undefined) throw new ProofError('USAGE', `${id} was never started`)
    return process
  }

  /** Everything that a node wrote to its log, over all its runs. */
  async log(id: string): Promise<string> {
    return this.#processes.has(id) ? readFile(this.#logFile(id), 'utf8') : ''
  }

  /** As `until`, but a node that died ends the wait with `NODE_DIED`. */
  until<Found>(
    what: string,
    look: () => Promise<Found | undefined | false> | Found | undefined | false,
    waiting: Waiting = {},
  ): Promise<Found> {
    return until(what, look, { ...waiting, check: () => this.#requireAlive() })
  }

  #requireAlive(): void {
    for (const [id, process] of this.#processes) {
      if (!process.hasDied) continue
      const { code, signal } = process.exit!
      throw new ProofError('NODE_DIED', `${id} ended by itself (code ${code}, signal ${signal}); see its log`)
    }
  }

  /** What a person wants to see of a story that failed: where each node stands, and the end of its log. */
  async describe(): Promise<string> {
    const parts = this.ids.map(async (id) => {
      const status = JSON.stringify(await this.client(id).status())
      const tail = (await this.log(id)).split('\n').slice(-30).join('\n')
      return `${id} ${status ?? 'does not answer'}\n${tail}\n`
    })
    return (await Promise.all(parts)).join('\n')
  }

  /** Kills what runs and removes the homes, unless `keep` says that somebody wants to look at them. */
  async close(keep = false): Promise<void> {
    const ends = this.running.map((id) => {
      this.process(id).send('SIGCONT')
      return this.end(id, 'SIGKILL')
    })
    await Promise.all(ends)
    if (!keep) await rm(this.directory, { recursive: true, force: true })
  }

  #logFile(id: string): string {
    return join(this.directory, `${id}.log`)
  }
}

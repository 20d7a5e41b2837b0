import { encodeFoundingRecord } from '../codec/founding.ts'
import { type Configuration, replicatedServers } from '../configuration.ts'
import { NotLeaderError, RaftError } from '../errors.ts'
import type { FoundingRecord, Identity } from '../founding.ts'
import { Forming } from '../formation/forming.ts'
import { peersHashOf } from '../formation/peers-hash.ts'
import { type Envelope, type Identify, type Message, protocolVersion } from '../message.ts'
import type { Done, DoneWith } from '../ports/completion.ts'
import { silentLogger, type Logger } from '../ports/logger.ts'
import type { PeerDownReason, TransportSelf } from '../ports/transport.ts'
import { newState } from '../step/new-state.ts'
import { configurationAt, latestConfiguration, type RaftState, type Readiness } from '../step/state.ts'
import type { LogIndex, Member, ServerId, Term } from '../types.ts'
import type { NodeEvent } from './events.ts'
import { type CompleteOptions, completeOptions, type RaftOptions } from './options.ts'
import type { Applied } from './pending-requests.ts'
import { Running } from './running.ts'
import { type Opened, openStores } from './start-up.ts'
import { formingStatus, type RaftStatus, statusOf } from './status.ts'

/**
 * A Raft node by callbacks: runs the step against the ports. Deterministic if its ports are, so the simulator runs this very
 * class. Applications use `RaftNode`, which gives promises.
 */
export class RaftDriver<Verdict> {
  readonly #options: RaftOptions<Verdict>
  readonly #complete: CompleteOptions
  readonly #logger: Logger
  readonly #listeners = new Set<(event: NodeEvent) => void>()
  #phase: 'new' | 'starting' | 'open' | 'stopped' = 'new'
  #opened: Opened | undefined
  #isLogOpen = false
  #isTransportOpen = false
  /** Who waits for a stop that is under way. */
  #stopping: Done[] | undefined
  #forming: Forming | undefined
  #running: Running<Verdict> | undefined
  #founding: FoundingRecord | undefined
  #readiness: Readiness = { isReady: true, lag: 0 }
  #compactionLimit: LogIndex = Number.POSITIVE_INFINITY

  /** Throws `INVALID_OPTIONS`, naming every fault. */
  constructor(options: RaftOptions<Verdict>) {
    this.#options = options
    this.#complete = completeOptions(options)
    this.#logger = options.logger ?? silentLogger
  }

  /**
   * Opens the stores and the transport. The node then founds a cluster, waits for one, or takes part in its own; `done` does not
   * wait for that. Errors leave everything as it was.
   */
  start(done: Done): void {
    if (this.#phase !== 'new') return done(new RaftError('STOPPED', 'a node is started once'))
    this.#phase = 'starting'
    openStores(this.#options, (error, opened) => {
      this.#opened = opened
      this.#isLogOpen = opened !== undefined
      if (error || opened === undefined || this.#phase === 'stopped') return this.#giveUpStart(error ?? stopped(), done)
      const { founding, identity } = opened
      const isFounded = founding?.stage === 'founded'
      const handler = {
        message: (envelope: Envelope) => this.#onMessage(envelope),
        peerUp: (peer: Member) => this.#onPeerUp(peer.id),
        peerDown: (id: ServerId, reason: PeerDownReason) => this.#onPeerDown(id, reason),
      }
      this.#options.transport.start(this.#hello(identity, isFounded ? founding : undefined), handler, (failure) => {
        this.#isTransportOpen = failure === undefined
        if (failure || this.#phase === 'stopped') return this.#giveUpStart(failure ?? stopped(), done)
        this.#phase = 'open'
        if (isFounded) this.#run(founding)
        else this.#form(identity, founding)
        done()
      })
    })
  }

  /** Proposes an entry; called back with its verdict once applied, or with a typed error. */
  propose(payload: Uint8Array, options: { readonly term?: Term }, done: DoneWith<Applied<Verdict>>): void {
    this.#whenRunning(done, (running) => running.propose('command', payload, options.term, done))
  }

  /** Called back once everything committed before is applied here, by an entry of its own. Leader only. */
  barrier(done: DoneWith<Applied<Verdict>>): void {
    this.#whenRunning(done, (running) => running.propose('barrier', new Uint8Array(0), undefined, done))
  }

  /** Called back without error if, after this call, a majority of voters still followed this leader. */
  verifyLeader(done: Done): void {
    this.#whenRunning(done, (running) => running.request((request) => ({ kind: 'verifyLeader', request }), done))
  }

  /** Hands leadership to `target`, or to the voter that is furthest. */
  transferLeadership(target: ServerId | undefined, done: Done): void {
    this.#whenRunning(done, (running) => running.request((request) => ({ kind: 'transfer', request, target }), done))
  }

  /** Replaces the configuration; called back once it is committed. With `expectedIndex`, only if the latest one stands there. */
  changeConfiguration(
    configuration: Configuration,
    expectedIndex: LogIndex | undefined,
    done: DoneWith<Applied<Verdict>>,
  ): void {
    this.#whenRunning(done, (running) =>
      running.request((request) => ({ kind: 'changeConfiguration', request, configuration, expectedIndex }), done),
    )
  }

  /** Takes a snapshot now, if anything was applied since the last one. */
  takeSnapshot(done: Done): void {
    this.#whenRunning(done, (running) => running.takeSnapshot(done))
  }

  /** Says whether the application could lead now, and if not how far behind it is. Delays campaigns, nothing else. */
  setReadiness(readiness: Readiness): void {
    this.#readiness = readiness
    this.#running?.input({ kind: 'readiness', readiness })
  }

  /** The log may be cut through `index` at most, because the application still needs what is behind. */
  setCompactionLimit(index: LogIndex): void {
    this.#compactionLimit = index
    this.#running?.setCompactionLimit(index)
  }

  /** Sends bytes to another member's application; delivered at most once, reported there as a `frame` event. */
  sendFrame(to: ServerId, channel: string, payload: Uint8Array): void {
    this.#send(to, { kind: 'application', channel, payload })
  }

  status(): RaftStatus {
    const running = this.#running
    if (running === undefined) return formingStatus(this.#options.id)
    return statusOf(running.state, running.appliedIndex, this.#options.clock.now())
  }

  /** The step's state, for invariants and tools; read only. Undefined before there is a cluster. */
  get state(): Readonly<RaftState> | undefined {
    return this.#running?.state
  }

  /** This directory's identity; undefined before `start` was called back. */
  get identity(): Identity | undefined {
    return this.#opened?.identity
  }

  /** Calls `listener` for every event until the returned function is called. */
  on(listener: (event: NodeEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Finishes the write under way, closes transport and log, and answers what is pending. Idempotent in effect. */
  stop(done: Done): void {
    const before = this.#phase
    this.#phase = 'stopped'
    if (before === 'new' || (before === 'stopped' && this.#stopping === undefined)) return done()
    if (this.#stopping) return void this.#stopping.push(done)
    this.#stopping = [done]
    // A start that is under way notices, and closes what it opened.
    if (before === 'starting') return
    this.#forming?.stop()
    if (this.#running) this.#running.stop(() => this.#close())
    else this.#close()
  }

  #giveUpStart(error: Error, done: Done): void {
    this.#phase = 'stopped'
    this.#stopping ??= []
    this.#stopping.push(() => done(error))
    this.#close()
  }

  /** Closes what is open and answers everybody who waits for the stop. */
  #close(): void {
    const { transport, logStore } = this.#options
    const answer = (error?: Error): void => {
      const waiting = this.#stopping ?? []
      this.#stopping = undefined
      for (const done of waiting) done(error)
    }
    const closeLog = (error?: Error): void => {
      if (!this.#isLogOpen) return answer(error)
      this.#isLogOpen = false
      logStore.close((failure) => answer(error ?? failure))
    }
    if (!this.#isTransportOpen) return closeLog()
    this.#isTransportOpen = false
    transport.close(closeLog)
  }

  #form(identity: Identity, promised: FoundingRecord | undefined): void {
    const { formation, transport, clock, address, sha256, stableStore } = this.#options
    const { chainId, genesisHash, peers, bootstrap } = formation
    transport.setPeers(peers.filter(({ id }) => id !== identity.id))
    this.#forming = new Forming(
      { identity, address, chainId, genesisHash, peers, mayFound: bootstrap, sha256 },
      promised,
      {
        clock,
        send: (to, message) => this.#send(to, message),
        persist: (record, done) =>
          stableStore.set('founding', record ? encodeFoundingRecord(record) : new Uint8Array(0), done),
        waiting: (reason) => this.#emit({ kind: 'waitingForCluster', reason }),
        founded: (record) => {
          this.#forming = undefined
          this.#run(record)
          this.#emit({ kind: 'clusterFound', record })
        },
        failed: (error) =>
          this.#fail(new RaftError('STORAGE_FAILED', 'writing the founding record failed', { cause: error })),
      },
    )
    this.#forming.start()
  }

  #run(founding: FoundingRecord): void {
    const { identity, log, snapshot, configurations } = this.#opened!
    const { clock, random, transport } = this.#options
    const founded = { index: 0, configuration: { servers: founding.servers, outgoing: [] } }
    const first = snapshot ? { index: snapshot.configurationIndex, configuration: snapshot.configuration } : founded
    const seed = new DataView(Uint8Array.from(random.bytes(4)).buffer).getUint32(0)
    const state = newState(
      {
        settings: this.#complete.settings,
        self: { id: identity.id, incarnation: identity.incarnation },
        clusterId: founding.clusterId,
        log,
        snapshot: snapshot ? { index: snapshot.index, term: snapshot.term } : { index: 0, term: 0 },
        configurations: [first, ...configurations],
        seed,
      },
      clock.now(),
    )
    this.#founding = founding
    transport.identify(this.#hello(identity, founding))
    this.#running = new Running(this.#options, this.#complete, state, {
      send: (to, message) => this.#send(to, message),
      emit: (event) => this.#emit(event),
      failed: (error) => this.#fail(error),
    })
    this.#running.setCompactionLimit(this.#compactionLimit)
    this.#setPeers()
    this.#running.input({ kind: 'readiness', readiness: this.#readiness })
  }

  #onMessage(envelope: Envelope): void {
    const { message, from } = envelope
    if (this.#phase !== 'open') return
    if (message.kind === 'application') {
      if (envelope.clusterId !== this.#running?.state.clusterId) return
      return this.#emit({ kind: 'frame', from: from.id, channel: message.channel, payload: message.payload })
    }
    if (this.#forming) return this.#forming.onMessage(envelope)
    if (message.kind !== 'identify') return this.#running?.input({ kind: 'message', envelope })
    if (message.answerWanted) this.#send(from.id, this.#identifyMyself())
  }

  #onPeerUp(id: ServerId): void {
    if (this.#phase !== 'open') return
    this.#emit({ kind: 'peerUp', id })
    this.#forming?.onPeerUp(id)
    this.#running?.input({ kind: 'peerUp', id })
  }

  #onPeerDown(id: ServerId, reason: PeerDownReason): void {
    if (this.#phase !== 'open') return
    this.#emit({ kind: 'peerDown', id, reason })
    this.#running?.input({ kind: 'peerDown', id, reason })
  }

  #send(to: ServerId, message: Message): void {
    const identity = this.#opened?.identity
    if (identity === undefined || this.#phase !== 'open') return
    const from: Member = { id: identity.id, incarnation: identity.incarnation }
    const { clusterId = '', epoch = 0 } = this.#running?.state ?? {}
    this.#options.transport.send(to, { version: protocolVersion, clusterId, epoch, from, message })
  }

  /** What a member of a cluster answers to a node that has none. */
  #identifyMyself(): Identify {
    const { address, formation, sha256 } = this.#options
    const { identity } = this.#opened!
    const state = this.#running!.state
    const leader =
      state.role.kind === 'leader' ? state.self : state.role.kind === 'follower' ? state.role.leader : undefined
    return {
      kind: 'identify',
      chainId: formation.chainId,
      genesisHash: formation.genesisHash,
      peersHash: peersHashOf(formation.peers, sha256),
      stage: 'founded',
      address,
      record: this.#founding,
      // One that is not committed may be taken back, and with it whoever believed it.
      configuration: configurationAt(state, state.commit).configuration,
      leaderId: leader?.id,
      answerWanted: false,
      bootCounter: identity.bootCounter,
      bootNonce: identity.bootNonce,
    }
  }

  #hello(identity: Identity, founding: FoundingRecord | undefined): TransportSelf {
    const { id, incarnation, bootCounter, bootNonce } = identity
    const { clusterId = '', epoch = 0 } = founding ?? {}
    return { member: { id, incarnation }, clusterId, epoch, bootCounter, bootNonce }
  }

  #setPeers(): void {
    const { configuration } = latestConfiguration(this.#running!.state)
    const others = replicatedServers(configuration).filter(({ id }) => id !== this.#options.id)
    this.#options.transport.setPeers(others.map(({ id, address }) => ({ id, address })))
  }

  #emit(event: NodeEvent): void {
    if (event.kind === 'configurationChanged' && this.#running) this.#setPeers()
    this.#logger.debug(event, event.kind)
    for (const listener of this.#listeners) listener(event)
  }

  #fail(error: Error): void {
    if (this.#phase === 'stopped') return
    this.#logger.error({ error }, 'the node stops, because going on would be unsafe')
    this.#emit({ kind: 'failed', error })
    this.stop((closing) => {
      if (closing) this.#logger.error({ error: closing }, 'closing after a failure failed as well')
    })
  }

  #whenRunning(done: (error: Error) => void, action: (running: Running<Verdict>) => void): void {
    if (this.#phase === 'stopped') return done(stopped())
    if (this.#running) action(this.#running)
    else done(new NotLeaderError(undefined))
  }
}

function stopped(): RaftError {
  return new RaftError('STOPPED', 'the node is stopped')
}

import type { Entry } from '../entry.ts'
import { RaftError } from '../errors.ts'
import type { Message, SnapshotChunk } from '../message.ts'
import type { Done, DoneWith } from '../ports/completion.ts'
import type { SnapshotMetadata } from '../snapshot-metadata.ts'
import type { Effect, SendEffect } from '../step/effect.ts'
import type { Input, Proposal } from '../step/input.ts'
import { configurationAt, type RaftState, type RequestId } from '../step/state.ts'
import { nextDeadline, step } from '../step/step.ts'
import type { LogIndex, Member, ServerId, Term } from '../types.ts'
import { ApplyLoop } from './apply-loop.ts'
import { CompactionPolicy } from './compaction-policy.ts'
import type { NodeEvent } from './events.ts'
import { HeldMessages } from './held-messages.ts'
import type { CompleteOptions, RaftOptions } from './options.ts'
import { type Applied, PendingRequests } from './pending-requests.ts'
import { SnapshotReceiver } from './snapshot-receiver.ts'
import { SnapshotSenders } from './snapshot-senders.ts'
import { SnapshotTaker } from './snapshot-taker.ts'
import { storageFailed } from './storage-failed.ts'
import { WakeTimer } from './wake-timer.ts'
import { WriteQueue } from './write-queue.ts'

/** How a running node reaches its surroundings. */
export interface RunningHost {
  send(to: ServerId, message: Message): void
  emit(event: NodeEvent): void
  /** Going on would be unsafe. */
  failed(error: Error): void
}

/** A node that has a cluster: feeds inputs to the step one at a time and carries out its effects in order. */
export class Running<Verdict> {
  readonly state: RaftState
  readonly #options: RaftOptions<Verdict>
  readonly #complete: CompleteOptions
  readonly #host: RunningHost
  readonly #requests = new PendingRequests<Verdict>()
  readonly #held = new HeldMessages()
  readonly #timer: WakeTimer
  readonly #writes: WriteQueue
  readonly #apply: ApplyLoop<Verdict>
  readonly #taker: SnapshotTaker
  readonly #receiver: SnapshotReceiver
  readonly #senders: SnapshotSenders
  readonly #compaction: CompactionPolicy
  readonly #inbox: Input[] = []
  readonly #whenDurable: { index: LogIndex; done: Done }[] = []
  #cancelSnapshotTimer: (() => void) | undefined
  #isStepping = false
  #isStopped = false

  constructor(options: RaftOptions<Verdict>, complete: CompleteOptions, state: RaftState, host: RunningHost) {
    const { clock, logStore, snapshotStore, fsm } = options
    this.state = state
    this.#options = options
    this.#complete = complete
    this.#host = host
    this.#timer = new WakeTimer(clock, (stalledMs) => this.input({ kind: 'time', stalledMs }))
    this.#writes = new WriteQueue(
      logStore,
      (write) => {
        for (const message of this.#held.release(write)) this.#send(message)
        this.input({ kind: 'durable', write })
      },
      (error) => host.failed(storageFailed('writing the log', error)),
    )
    this.#apply = new ApplyLoop<Verdict>(
      {
        fsm,
        logStore,
        snapshotStore,
        applyBytes: complete.limits.applyBytes,
        log: () => this.state.log,
        applied: (entry, verdict) => this.#onApplied(entry, verdict),
        progressed: (index) => host.emit({ kind: 'applied', index, term: this.#apply.applied.term }),
        restored: (metadata) => this.#onRestored(metadata),
        failed: (error) => host.failed(error),
      },
      state.snapshot.index,
      state.snapshot.term,
    )
    this.#taker = new SnapshotTaker({
      fsm,
      store: snapshotStore,
      describe: () => this.#describeSnapshot(),
      whenDurable: (index, done) => this.#waitUntilDurable(index, done),
      taken: (metadata) => this.#onSnapshotTaken(metadata),
      notTaken: (error) => {
        if (!this.#isStopped) host.emit({ kind: 'snapshotNotTaken', error })
      },
      failed: (error) => {
        if (!this.#isStopped) host.failed(error)
      },
    })
    this.#receiver = new SnapshotReceiver(snapshotStore, complete.limits.snapshotWindowBytes, (error) =>
      host.failed(storageFailed('storing a snapshot', error)),
    )
    this.#senders = new SnapshotSenders({
      store: snapshotStore,
      clock,
      limits: complete.limits,
      timeoutMs: complete.timing.sendTimeoutMs,
      round: () => (this.state.role.kind === 'leader' ? this.state.role.round : 0),
      send: (to, chunk) => host.send(to, chunk),
      failed: (to, error) => {
        host.emit({ kind: 'snapshotNotSent', to, error })
        this.input({ kind: 'snapshotFailed', to })
      },
    })
    this.#compaction = new CompactionPolicy(complete.snapshots)
    this.#armSnapshotTimer()
  }

  get appliedIndex(): LogIndex {
    return this.#apply.applied.index
  }

  /** Takes one input. Inputs that arrive while the step runs wait for their turn. */
  input(input: Input): void {
    if (this.#isStopped) return
    this.#inbox.push(input)
    if (this.#isStepping) return
    this.#isStepping = true
    try {
      for (let next = this.#inbox.shift(); next !== undefined && !this.#isStopped; next = this.#inbox.shift()) {
        if (next.kind === 'message' && next.envelope.message.kind === 'snapshotChunkResponse') {
          this.#senders.onResponse(next.envelope.from.id, next.envelope.message)
        }
        if (next.kind === 'peerUp') this.#senders.resume(next.id)
        for (const effect of step(this.state, this.#options.clock.now(), next)) this.#perform(effect)
        if (next.kind === 'durable') this.#answerDurable()
      }
    } catch (cause) {
      this.#host.failed(
        cause instanceof Error ? cause : new RaftError('FSM_FAILED', 'something threw no error', { cause }),
      )
    } finally {
      this.#isStepping = false
    }
    if (!this.#isStopped) this.#timer.arm(nextDeadline(this.state))
  }

  propose(type: Proposal['type'], payload: Uint8Array, term: Term | undefined, done: DoneWith<Applied<Verdict>>): void {
    const request = this.#requests.add(done)
    this.input({ kind: 'propose', proposals: [{ request, type, payload, term }] })
  }

  request(makeInput: (request: RequestId) => Input, done: DoneWith<Applied<Verdict>>): void {
    this.input(makeInput(this.#requests.add(done)))
  }

  takeSnapshot(done: Done): void {
    this.#taker.take(done)
  }

  setCompactionLimit(index: LogIndex): void {
    this.#compaction.limit = index
  }

  /** Ends everything but the write under way, waits for that, and answers what is pending. */
  stop(done: Done): void {
    this.#isStopped = true
    this.#timer.stop()
    this.#cancelSnapshotTimer?.()
    this.#apply.stop()
    this.#senders.stopAll()
    for (const { done: waiting } of this.#whenDurable.splice(0))
      waiting(new RaftError('STOPPED', 'the node is stopped'))
    this.#requests.stop()
    this.#writes.whenIdle(done)
  }

  #perform(effect: Effect): void {
    if (this.#isStopped) return
    switch (effect.kind) {
      case 'write':
        this.#compaction.recordWrite(effect)
        return this.#writes.push(effect)
      case 'send':
        return effect.after === undefined ? this.#send(effect) : this.#held.hold(effect)
      case 'apply':
        return this.#apply.advance(effect.index)
      case 'restore':
        return this.#apply.restore(effect.metadata)
      case 'readEntries':
        return this.#readEntries(effect.to, effect.term, effect.from, effect.end, effect.limitBytes)
      case 'sendSnapshot':
        return this.#senders.start(effect.to, effect.term)
      case 'stopSnapshot':
        return this.#senders.stop(effect.to)
      case 'receiveChunk':
        return this.#receiveChunk(effect.from, effect.chunk)
      case 'compact':
        return this.#options.logStore.compact(effect.position, (error) => {
          if (error) this.#host.failed(storageFailed('compacting the log', error))
        })
      case 'proposed':
        return this.#requests.place(effect.request, effect.index, effect.term)
      case 'begun':
        return this.#requests.begin(effect.request, effect.index, effect.term)
      case 'answered':
        return this.#requests.answer(effect.request, effect.error)
      case 'event':
        return this.#host.emit(effect.event)
    }
  }

  #send({ to, message }: SendEffect): void {
    this.#host.send(to, message)
  }

  #readEntries(to: ServerId, term: Term, from: LogIndex, end: LogIndex, limitBytes: number): void {
    this.#options.logStore.read(from, end, limitBytes, (error, entries) => {
      if (error || entries === undefined) this.#host.failed(storageFailed('reading the log', error))
      else this.input({ kind: 'entriesRead', to, term, entries })
    })
  }

  #receiveChunk(from: Member, chunk: SnapshotChunk): void {
    const { index: snapshotIndex, term: snapshotTerm } = chunk.metadata
    const answer = (nextOffset: number, installed: boolean): void => {
      const { term } = this.state
      const { round } = chunk
      this.#host.send(from.id, {
        kind: 'snapshotChunkResponse',
        term,
        snapshotIndex,
        snapshotTerm,
        nextOffset,
        installed,
        round,
      })
    }
    // Only what survives a crash may be claimed: the leader would never look below it again.
    if (snapshotIndex <= Math.min(this.state.commit, this.state.log.durableIndex)) return answer(chunk.size, true)
    this.#receiver.receive(chunk, ({ nextOffset, isComplete }) => {
      if (this.#isStopped) return
      if (isComplete) this.input({ kind: 'snapshotReceived', metadata: chunk.metadata, term: chunk.term })
      answer(nextOffset, isComplete)
    })
  }

  #onApplied(entry: Entry, verdict: Verdict | undefined): void {
    if (entry.type === 'opening') this.#requests.termApplied(entry.index, entry.term)
    this.#requests.applied(entry.index, entry.term, verdict)
  }

  #onRestored(metadata: SnapshotMetadata): void {
    this.#requests.skipped(metadata.index, metadata.term)
    this.#host.emit({ kind: 'applied', index: metadata.index, term: metadata.term })
  }

  #describeSnapshot(): SnapshotMetadata | undefined {
    const { index, term } = this.#apply.applied
    if (index <= this.state.snapshot.index) return undefined
    const { configuration, index: configurationIndex } = configurationAt(this.state, index)
    const { clusterId, epoch } = this.state
    return { index, term, configuration, configurationIndex, clusterId, epoch }
  }

  #onSnapshotTaken(metadata: SnapshotMetadata): void {
    const { log } = this.state
    const compactTo = this.#compaction.compactTo(metadata.index, log.lastIndex)
    this.input({ kind: 'snapshotTaken', metadata, compactTo })
    this.#host.emit({ kind: 'snapshotTaken', index: metadata.index, term: metadata.term })
  }

  #armSnapshotTimer(): void {
    const { clock } = this.#options
    const { intervalMs, thresholdEntries } = this.#complete.snapshots
    this.#cancelSnapshotTimer = clock.wakeAt(clock.now() + intervalMs, () => {
      this.#armSnapshotTimer()
      if (this.appliedIndex - this.state.snapshot.index < thresholdEntries) return
      // What becomes of it is an event, or ends the node.
      this.#taker.take(() => {})
    })
  }

  #waitUntilDurable(index: LogIndex, done: Done): void {
    if (this.#isStopped) return done(new RaftError('STOPPED', 'the node is stopped'))
    this.#whenDurable.push({ index, done })
    this.#answerDurable()
  }

  #answerDurable(): void {
    const isDone = ({ index }: { index: LogIndex }): boolean => index <= this.state.log.durableIndex
    const answered = this.#whenDurable.filter(isDone)
    if (answered.length === 0) return
    const waiting = this.#whenDurable.filter((entry) => !isDone(entry))
    this.#whenDurable.splice(0, this.#whenDurable.length, ...waiting)
    for (const { done } of answered) done()
  }
}

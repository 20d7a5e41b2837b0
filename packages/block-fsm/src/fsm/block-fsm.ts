import type { AppliedEntry, Done, FSM, FsmSnapshot, SnapshotSource } from 'raft-core'
import { copyBytes } from '../bytes.ts'
import { BlockError, toError } from '../errors.ts'
import { Anchor } from '../stages/committed.ts'
import { type AppliedBlockReader, AppliedBlocks } from './applied-blocks.ts'
import type { Decision } from './decision.ts'
import { type ChainFacts, type ResolvedFacts, resolveFacts } from './facts.ts'
import { decideCommand, decideOpening } from './judge.ts'
import { RememberedKeys } from './remembered-keys.ts'
import { persistSnapshot, readSnapshot } from './snapshot-io.ts'
import { captureState, decodeState, encodeState } from './snapshot-codec.ts'
import { type FsmState, initialState, nextHeight } from './state.ts'
import type { Verdict } from './verdict.ts'

/** What a {@link BlockFsm} tells those who watch it. */
export type FsmChange =
  /** Entries were applied. `tipChanged` when at least one of them was an accepted block. */
  | { readonly kind: 'applied'; readonly tipChanged: boolean }
  /** A snapshot replaced the state. History below the anchor has to come from elsewhere; undefined before the first block. */
  | { readonly kind: 'restored'; readonly anchor: Anchor | undefined }

/** Called at the end of `apply` and `restore`, inside the node's turn: sets a flag or wakes a loop, and neither throws nor calls back. */
export type FsmListener = (change: FsmChange) => void

export interface BlockFsmOptions {
  /** How many bytes of applied blocks are kept for slow consumers. Default 64 MiB. */
  readonly retainedBytes?: number
}

/** Memory for consumers that stall: a minute of blocks of 1 MiB each. */
const defaultRetainedBytes = 64 * 1024 * 1024

/**
 * The replicated state machine that orders blocks.
 *
 * Pure: its state is a function of the facts and the applied entries, without clock, store, executor or configuration. Every
 * entry gets a verdict; bytes that nobody can read are `rejected`, never an error. There is one exception: a switch to rules
 * that this software does not know throws `UNSUPPORTED_RULES`, because any verdict would make this replica diverge; the node
 * stops, and goes on from the same entry once it is upgraded.
 */
export class BlockFsm implements FSM<Verdict> {
  readonly #facts: ResolvedFacts
  readonly #listeners = new Set<FsmListener>()
  readonly #blocks: AppliedBlocks
  #keys: RememberedKeys
  #state: FsmState

  /** Impossible facts are `INVALID_OPTIONS`. */
  constructor(facts: ChainFacts, options: BlockFsmOptions = {}) {
    this.#facts = resolveFacts(facts)
    this.#keys = new RememberedKeys(this.#facts.limits.idempotencyBlocks)
    this.#state = initialState(this.#facts, this.#keys)
    this.#blocks = new AppliedBlocks(nextHeight(this.#state), options.retainedBytes ?? defaultRetainedBytes)
  }

  /** The state after the last applied entry. It is replaced, not changed, by the next one; only `keys` is alive. */
  get state(): FsmState {
    return this.#state
  }

  /** The committed blocks, for consumers that pull. */
  get blocks(): AppliedBlockReader {
    return this.#blocks
  }

  /** The tip as an anchor for history below it; undefined before the first block. */
  anchor(): Anchor | undefined {
    const { tip } = this.#state
    return tip && new Anchor(tip.height, tip.hash, 'raft')
  }

  /** Calls the listener after each batch and each restore, until the returned function is called. */
  watch(listener: FsmListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  apply(batch: readonly AppliedEntry[]): readonly Verdict[] {
    const before = this.#state.tip
    const verdicts = batch.map((entry) => this.#applyEntry(entry))
    this.#announce({ kind: 'applied', tipChanged: this.#state.tip !== before })
    return verdicts
  }

  snapshot(): FsmSnapshot {
    const captured = captureState(this.#state)
    return {
      persist: (sink, done) => persistSnapshot(encodeState(captured), sink, done),
      release() {},
    }
  }

  restore(source: SnapshotSource, done: Done): void {
    readSnapshot(source, this.#facts.limits, (error, bytes) => {
      if (error || !bytes) return done(error ?? new BlockError('INVALID_SNAPSHOT', 'the snapshot gave no bytes'))
      try {
        this.#replace(decodeState(this.#facts, bytes))
      } catch (thrown) {
        return done(toError(thrown))
      }
      done()
    })
  }

  #applyEntry(entry: AppliedEntry): Verdict {
    const at = { index: entry.index, term: entry.term }
    // A copy of its own: the tip and the stream keep views, which must not keep a network buffer alive.
    const decision =
      entry.type === 'opening'
        ? decideOpening(this.#state, entry.payload, at)
        : decideCommand(this.#state, copyBytes(entry.payload), at)
    const { verdict } = decision
    if (verdict.kind === 'rejected' && verdict.reason === 'unsupported-rules') {
      throw new BlockError('UNSUPPORTED_RULES', `entry ${entry.index}: ${verdict.detail}`)
    }
    this.#take(decision)
    this.#state = { ...this.#state, appliedIndex: entry.index, appliedTerm: entry.term }
    return verdict
  }

  #take({ change }: Decision): void {
    if (!change) return
    const applied = change.block?.()
    this.#state = { ...this.#state, ...change.fields, ...(applied && { tip: applied.block }) }
    if (!applied) return
    this.#keys.advance(applied.block.height, change.remembered ?? [])
    this.#blocks.append(applied)
  }

  #replace({ state, keys }: ReturnType<typeof decodeState>): void {
    this.#keys = keys
    this.#state = state
    this.#blocks.restart(nextHeight(state))
    this.#announce({ kind: 'restored', anchor: this.anchor() })
  }

  #announce(change: FsmChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}

import { RaftError, UnknownOutcomeError } from '../errors.ts'
import type { DoneWith } from '../ports/completion.ts'
import type { LogIndex, Term } from '../types.ts'
import type { RequestId } from '../step/state.ts'

/** Where an entry stands and what the state machine said of it; undefined for entries that it does not see. */
export interface Applied<Verdict> {
  readonly index: LogIndex
  readonly term: Term
  readonly verdict: Verdict | undefined
}

interface Pending<Verdict> {
  readonly done: DoneWith<Applied<Verdict>>
  index: LogIndex
  term: Term
}

/**
 * Requests that wait for an answer, or for their entry to be decided.
 *
 * An entry that was appended is decided by the applied log alone: it is there, or an entry of a later term took its place and
 * it can never be. Losing leadership decides nothing.
 */
export class PendingRequests<Verdict> {
  #next: RequestId = 1
  readonly #requests = new Map<RequestId, Pending<Verdict>>()
  /** Requests whose entry is in the log, ascending by index within a term. */
  readonly #byIndex = new Map<LogIndex, RequestId[]>()

  add(done: DoneWith<Applied<Verdict>>): RequestId {
    const id = this.#next++
    this.#requests.set(id, { done, index: 0, term: 0 })
    return id
  }

  /** The request changed the log at `index`, and ends with another entry. */
  begin(id: RequestId, index: LogIndex, term: Term): void {
    const pending = this.#requests.get(id)
    if (pending === undefined) return
    pending.index = index
    pending.term = term
  }

  /** The request's entry stands at `index`. */
  place(id: RequestId, index: LogIndex, term: Term): void {
    if (!this.#requests.has(id)) return
    this.begin(id, index, term)
    const there = this.#byIndex.get(index)
    if (there) there.push(id)
    else this.#byIndex.set(index, [id])
  }

  /** The request ended without an entry, or before one. */
  answer(id: RequestId, error: RaftError | undefined): void {
    const done = this.#take(id)?.done
    if (error) done?.(error)
    else done?.(undefined, { index: 0, term: 0, verdict: undefined })
  }

  /** An entry was applied: its requests are answered, and those of older terms at or behind it can never be. */
  applied(index: LogIndex, term: Term, verdict: Verdict | undefined): void {
    const here = this.#byIndex.get(index)
    if (here === undefined) return
    for (const id of here) {
      const pending = this.#requests.get(id)
      if (pending?.term === term) this.#take(id)?.done(undefined, { index, term, verdict })
      else if (pending) this.#supersede(id, term)
    }
  }

  /** An entry of `term` was applied: nothing of an earlier term can be committed behind it. */
  termApplied(index: LogIndex, term: Term): void {
    for (const [id, pending] of this.#requests) {
      if (pending.index >= index && pending.term < term) this.#supersede(id, term)
    }
  }

  /** A snapshot took the place of entries through `index`: what they were answered is not known here. */
  skipped(index: LogIndex, term: Term): void {
    for (const [id, pending] of this.#requests) {
      if (pending.index > 0 && pending.index <= index) this.#fail(id)
    }
    this.termApplied(index + 1, term)
  }

  /** The node stops: what is in the log may still be committed, the rest was not done. */
  stop(): void {
    for (const [id, { index }] of this.#requests) {
      if (index > 0) this.#fail(id)
      else this.answer(id, new RaftError('STOPPED', 'the node stopped before it did anything about this'))
    }
  }

  #fail(id: RequestId): void {
    const pending = this.#take(id)
    pending?.done(new UnknownOutcomeError(pending.index, pending.term))
  }

  #supersede(id: RequestId, term: Term): void {
    const pending = this.#take(id)
    pending?.done(
      new RaftError(
        'SUPERSEDED',
        `an entry of term ${term} took the place of ${pending.index}; it was never committed`,
      ),
    )
  }

  #take(id: RequestId): Pending<Verdict> | undefined {
    const pending = this.#requests.get(id)
    if (pending === undefined) return undefined
    this.#requests.delete(id)
    const there = this.#byIndex.get(pending.index)?.filter((other) => other !== id)
    if (there?.length) this.#byIndex.set(pending.index, there)
    else this.#byIndex.delete(pending.index)
    return pending
  }
}

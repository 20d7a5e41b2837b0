import type { BlockDocument, StatusDocument } from '../../rpc/node-view.ts'
import { BlockAudit } from './block-audit.ts'
import { ClusterView } from './cluster-view.ts'
import type { EventLog } from './events.ts'
import { GapWatch } from './gap-watch.ts'
import { type Fault, LeadershipWatch } from './leadership-watch.ts'
import { describeReturn, ReturnWatch } from './return-watch.ts'
import type { Scoreboard } from './scoreboard.ts'
import { TransactionLedger } from './transaction-ledger.ts'

export interface AuditOptions {
  readonly events: EventLog
  /** Entries that the nodes keep behind a snapshot. */
  readonly trailingLogs: number
  /** True for the text of a transaction that was sent once. */
  readonly isOurTransaction: (text: string) => boolean
}

/**
 * What an outsider who reads all nodes and trusts none knows. It is told what was seen and when, and neither asks nor
 * waits by itself.
 */
export class Audit {
  readonly view: ClusterView = new ClusterView()
  readonly leadership: LeadershipWatch
  readonly blocks: BlockAudit
  readonly transactions: TransactionLedger
  readonly returns: ReturnWatch = new ReturnWatch()
  readonly #events: EventLog
  readonly #gap = new GapWatch()
  readonly #trailingLogs: number
  #firstHeight: number | undefined

  constructor({ events, trailingLogs, isOurTransaction }: AuditOptions) {
    this.#events = events
    this.#trailingLogs = trailingLogs
    this.leadership = new LeadershipWatch(events)
    this.blocks = new BlockAudit(events)
    this.transactions = new TransactionLedger(events, isOurTransaction)
  }

  /** The first height that is audited: the one after the newest block of earlier runs. Undefined before any answer. */
  get firstHeight(): number | undefined {
    return this.#firstHeight
  }

  onStatus(id: string, status: StatusDocument, at: number): void {
    this.#firstHeight ??= status.height + 1
    this.view.onStatus(id, status, at)
    this.#gap.onTip(status.tip_height, at)
    this.leadership.onStatus(id, status, at)
    const reach = { tip: this.view.tip?.height ?? 0, oldestLogIndex: this.oldestLogIndex(id, at) }
    const back = this.returns.onStatus(id, status, reach, at)
    if (back) this.#events.add(describeReturn(back))
  }

  /** The oldest log entry that some node other than `id` may still give it. */
  oldestLogIndex(id: string, now: number): number {
    return Math.max(1, this.view.lowestSnapshot(id, now) - this.#trailingLogs + 1)
  }

  onSilence(id: string, why: string): void {
    this.view.onSilence(id, why)
  }

  onBlock(id: string, block: BlockDocument): void {
    const isNew = this.blocks.onBlock(id, block)
    if (isNew)
      this.transactions.onBlock(
        block.height,
        block.txs.map(({ data }) => data),
      )
  }

  /** A node goes: killed, paused, stopped, or fallen. Call it right before or at the moment. */
  onFault(fault: Fault): void {
    const { last_log_index: lastLogIndex = 0, height = 0 } = this.view.last(fault.id) ?? {}
    this.returns.onDeparture(fault.id, { at: fault.at, lastLogIndex, height })
    this.leadership.onFault(fault)
  }

  /** Its process runs again. */
  onReturning(id: string): void {
    this.returns.onReturning(id)
  }

  scoreboard(now: number): Scoreboard {
    const { failovers } = this.leadership
    return {
      failovers: failovers.length,
      slowestLeaderMs: Math.max(0, ...failovers.map(({ leaderAfterMs }) => leaderAfterMs)),
      slowestBlockMs: Math.max(0, ...failovers.map(({ blockAfterMs }) => blockAfterMs)),
      leaderChanges: this.leadership.changes,
      longestGapMs: this.#gap.longestMs(now),
      acknowledged: this.transactions.acknowledged,
      foundOnce: this.transactions.foundOnce,
      waiting: this.transactions.waiting,
      oldestWaitingMs: now - (this.transactions.oldestWaitingAt ?? now),
      blocks: this.blocks.blocks,
      signatures: this.blocks.signatures,
      doubles: this.blocks.doubles + this.transactions.doubles,
      brokenLinks: this.blocks.brokenLinks,
    }
  }
}

import {
  BlockFsm,
  type BlockEntry,
  type Candidate,
  type CandidateParts,
  type ChainFacts,
  type Command,
  type CommandBody,
  type JournalTransaction,
  type Selection,
  type SelectionOptions,
  type Verdict,
  addressOf,
  buildCandidate,
  decodeCommand,
  encodeCommand,
  selectTransactions,
} from 'block-fsm'
import { type AppliedEntry, encodeOpening } from 'raft-core'
import { genesisTimeNs, proposer } from './chain.ts'

export const clusterId = '11'.repeat(32)
export const journalA: Uint8Array = new Uint8Array(16).fill(0xa)
export const journalB: Uint8Array = new Uint8Array(16).fill(0xb)

export const facts: ChainFacts = {
  chainId: 'c1',
  initialHeight: 1,
  genesisTimeNs,
  proposerAddress: addressOf(proposer.publicKey),
}

/** One state machine and a log that only it sees. */
export class World {
  readonly log: AppliedEntry[] = []
  term = 0
  fsm: BlockFsm

  constructor(chainFacts: ChainFacts = facts, retainedBytes?: number) {
    this.fsm = new BlockFsm(chainFacts, retainedBytes === undefined ? {} : { retainedBytes })
  }

  /** A new leadership begins. */
  open(change: { clusterId?: string; epoch?: number; term?: number } = {}): Verdict {
    this.term++
    const leader = { id: 'node-0', incarnation: '22'.repeat(16) }
    return this.append('opening', encodeOpening({ clusterId, epoch: 0, leader, term: this.term, ...change }))
  }

  /** Applies a command at the end of the log. */
  run(command: CommandBody | Uint8Array): Verdict {
    return this.append('command', command instanceof Uint8Array ? command : encode(command))
  }

  openOrigin(memberId: string, journalId: Uint8Array, expectedGeneration = 0): Verdict {
    return this.run({ kind: 'openOrigin', memberId, journalId, expectedGeneration })
  }

  candidate(parts: Partial<CandidateParts> = {}): Candidate {
    return buildCandidate(this.fsm.state, {
      nowNs: genesisTimeNs + BigInt(this.log.length + 1) * 1_000_000_000n,
      appHash: Uint8Array.of(1),
      selection: { txs: [], ranges: [], dropped: [] },
      ...parts,
    })
  }

  /** Builds and applies a block. */
  block(parts: Partial<CandidateParts> = {}): Verdict {
    return this.run(this.candidate(parts).command)
  }

  /** What the leader would take from one journal of node-0. */
  select(transactions: readonly JournalTransaction[], options?: SelectionOptions): Selection {
    return selectTransactions(this.fsm.state, [{ memberId: 'node-0', journalId: journalA, transactions }], options)
  }

  append(type: AppliedEntry['type'], payload: Uint8Array, term: number = this.term): Verdict {
    const entry = { index: this.log.length + 1, term, type, payload }
    this.log.push(entry)
    return this.fsm.apply([entry])[0]!
  }
}

/** A world whose first leadership is open, with a journal of node-0. */
export function openWorld(chainFacts: ChainFacts = facts, retainedBytes?: number): World {
  const world = new World(chainFacts, retainedBytes)
  world.open()
  world.openOrigin('node-0', journalA)
  return world
}

export function transactions(first: number, ...texts: string[]): JournalTransaction[] {
  return texts.map((text, i) => ({ sequence: first + i, bytes: Uint8Array.from(Buffer.from(text)) }))
}

export function encode(body: CommandBody, version = 1): Uint8Array {
  return encodeCommand({ version, body })
}

/** The candidate's command with some fields of its block entry replaced. */
export function changed(candidate: Candidate, change: (block: BlockEntry) => Partial<BlockEntry>): Uint8Array {
  const command: Command = decodeCommand(candidate.command)
  if (command.body.kind !== 'block') throw new TypeError('a candidate is a block')
  const block: BlockEntry = { ...command.body.block, ...change(command.body.block) }
  return encodeCommand({ ...command, body: { kind: 'block', block } })
}

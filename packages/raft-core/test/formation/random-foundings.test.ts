import { createHash } from 'node:crypto'
import type { Envelope, FormationMessage, FoundingRecord, ServerId } from 'raft-core'
import { expect, test } from 'vitest'
import { type FormationInput, type FormationState, formationStep, newFormation } from '../../src/formation/formation.ts'
import { nextRandom } from '../../src/step/random.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/**
 * Founders whose messages are late, lost and out of order, whose writes may be lost with them, and which are wiped now and then
 * while nobody has founded anything.
 */
class Turmoil {
  readonly #random: { state: number }
  readonly #ids: readonly ServerId[] = ['n1', 'n2', 'n3']
  readonly #states = new Map<ServerId, FormationState>()
  readonly #founded = new Map<ServerId, FoundingRecord>()
  readonly #disks = new Map<ServerId, FoundingRecord | undefined>()
  readonly #lives = new Map<ServerId, number>()
  /** Every promise that ever was durable, by directory. */
  readonly #promises = new Set<string>()
  #mail: { readonly to: ServerId; readonly envelope: Envelope }[] = []
  #writing: ServerId[] = []
  #now = 0

  constructor(seed: number) {
    this.#random = { state: seed }
    for (const id of this.#ids) this.#start(id)
  }

  /** There is a cluster, and every directory that it names belongs to it; a directory that it does not name has to be admitted. */
  get isFounded(): boolean {
    const record = [...this.#founded.values()][0]
    const isNamed = (id: ServerId): boolean =>
      record?.servers.some(({ incarnation }) => incarnation === this.#incarnation(id)) === true
    return record !== undefined && this.#ids.every((id) => this.#founded.has(id) === isNamed(id))
  }

  /** Something happens to somebody. */
  turn(): void {
    const id = this.#pick(this.#ids)
    switch (this.#below(12)) {
      case 0:
        return this.#stop(id)
      case 1:
        return this.#isOnDisk() || this.#below(3) > 0 ? undefined : this.#wipe(id)
      case 2:
      case 3:
        return void (this.#mail = this.#mail.filter(() => this.#below(10) > 0))
      case 4:
      case 5:
        return this.#wake(id)
      case 6:
        return this.#write()
      default:
        return this.#deliver()
    }
  }

  /** Nothing is lost any more. */
  calm(): void {
    for (let turn = 0; turn < 12; turn++) {
      for (const id of this.#ids) this.#wake(id)
      while (this.#mail.length > 0) this.#deliver()
      while (this.#writing.length > 0) this.#write()
    }
  }

  #wake(id: ServerId): void {
    if (!this.#states.has(id) && !this.#founded.has(id)) return this.#start(id)
    this.#now += 250
    this.#input(id, { kind: 'time' })
  }

  #start(id: ServerId): void {
    const record = this.#disks.get(id)
    if (record?.stage === 'founded') return void this.#founded.set(id, record)
    const peers = this.#ids.map((peer) => ({ id: peer, address: `${peer}:1` }))
    const identity = { id, incarnation: this.#incarnation(id), bootCounter: 1, bootNonce: '00' }
    const settings = { identity, address: `${id}:1`, chainId: 'c', genesisHash: 'aa', peers, mayFound: true, sha256 }
    this.#states.set(id, newFormation(settings, record, this.#now))
    this.#input(id, { kind: 'time' })
  }

  #stop(id: ServerId): void {
    // What was on its way to the disk may have reached it.
    if (this.#writing.includes(id) && this.#below(2) === 0) this.#store(id)
    this.#writing = this.#writing.filter((writing) => writing !== id)
    this.#states.delete(id)
    this.#founded.delete(id)
  }

  /** Somebody has a cluster on disk, whether it runs or not: who is wiped now has to be admitted. */
  #isOnDisk(): boolean {
    return [...this.#disks.values()].some((record) => record?.stage === 'founded')
  }

  #wipe(id: ServerId): void {
    this.#stop(id)
    this.#disks.delete(id)
    this.#lives.set(id, (this.#lives.get(id) ?? 0) + 1)
  }

  #write(): void {
    const id = this.#writing.shift()
    if (id === undefined) return
    this.#store(id)
    this.#input(id, { kind: 'recordDurable' })
  }

  #store(id: ServerId): void {
    const record = this.#states.get(id)?.record
    this.#disks.set(id, record)
    if (record) this.#promises.add(`${record.clusterId} ${id} ${this.#incarnation(id)}`)
  }

  #deliver(): void {
    const [mail] = this.#mail.splice(this.#below(this.#mail.length), 1)
    if (mail) this.#input(mail.to, { kind: 'message', envelope: mail.envelope })
  }

  #input(id: ServerId, input: FormationInput): void {
    const state = this.#states.get(id)
    if (state === undefined) return this.#answerAsMember(id, input)
    for (const effect of formationStep(state, this.#now, input)) {
      if (effect.kind === 'send') this.#send(id, effect.to, '', effect.message)
      if (effect.kind === 'persist') this.#writing.push(id)
      if (effect.kind === 'founded') this.#found(id, effect.record)
    }
  }

  #found(id: ServerId, record: FoundingRecord): void {
    for (const { id: founder, incarnation } of record.servers) {
      expect(this.#promises.has(`${record.clusterId} ${founder} ${incarnation}`), `${founder} promised`).toBe(true)
    }
    for (const { clusterId } of this.#founded.values()) expect(clusterId).toBe(record.clusterId)
    this.#states.delete(id)
    this.#writing = this.#writing.filter((writing) => writing !== id)
    this.#disks.set(id, record)
    this.#founded.set(id, record)
  }

  #answerAsMember(id: ServerId, input: FormationInput): void {
    const record = this.#founded.get(id)
    if (record === undefined || input.kind !== 'message') return
    const { from, message } = input.envelope
    if (message.kind !== 'identify' || !message.answerWanted) return
    const configuration = { servers: record.servers, outgoing: [] }
    const answer = { ...message, stage: 'founded', record, configuration, leaderId: id, answerWanted: false } as const
    this.#send(id, from.id, record.clusterId, answer)
  }

  #send(from: ServerId, to: ServerId, clusterId: string, message: FormationMessage): void {
    const sender = { id: from, incarnation: this.#incarnation(from) }
    this.#mail.push({ to, envelope: { version: 1, clusterId, epoch: 0, from: sender, message } })
  }

  #incarnation(id: ServerId): string {
    return `${id.slice(1)}${this.#lives.get(id) ?? 0}`.padStart(32, '0')
  }

  #below(limit: number): number {
    return Math.floor(nextRandom(this.#random) * limit)
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!
  }
}

test('whatever is late or lost, a cluster is founded once, by all that it names, and only after everybody promised it durably', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const turmoil = new Turmoil(seed)
    for (let turn = 0; turn < 150; turn++) turmoil.turn()
    turmoil.calm()
    expect(turmoil.isFounded, `seed ${seed}`).toBe(true)
  }
})

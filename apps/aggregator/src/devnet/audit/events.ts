/** Something worth a line. */
export interface DevnetEvent {
  /** Of its beginning, milliseconds since 1970. */
  readonly wallMs: number
  readonly text: string
  /** More is to come: the text will still change. */
  readonly isOpen: boolean
  /** Something that must never happen. */
  readonly isAlarm: boolean
}

/** An event whose story is not over. */
export interface OpenEvent {
  update(text: string): void
  /** The last word; later calls do nothing. */
  close(text: string): void
}

// More than any screen shows.
const kept = 200

/** The events of a run, the newest kept. `onDone` is told of each once its text is final. */
export class EventLog {
  readonly #wallNow: () => number
  readonly #onDone: (event: DevnetEvent) => void
  #events: DevnetEvent[] = []

  constructor(wallNow: () => number, onDone: (event: DevnetEvent) => void = () => undefined) {
    this.#wallNow = wallNow
    this.#onDone = onDone
  }

  add(text: string): void {
    this.open('').close(text)
  }

  alarm(text: string): void {
    this.#open('', true).close(text)
  }

  open(text: string): OpenEvent {
    return this.#open(text, false)
  }

  /** The newest `n`, oldest first. */
  newest(n: number): readonly DevnetEvent[] {
    return n === 0 ? [] : this.#events.slice(-n)
  }

  #open(text: string, isAlarm: boolean): OpenEvent {
    let event: DevnetEvent = { wallMs: this.#wallNow(), text, isOpen: true, isAlarm }
    this.#events = [...this.#events.slice(1 - kept), event]
    const replace = (changes: Partial<DevnetEvent>): void => {
      if (!event.isOpen) return
      const changed = { ...event, ...changes }
      this.#events = this.#events.map((each) => (each === event ? changed : each))
      event = changed
      if (!event.isOpen) this.#onDone(event)
    }
    return { update: (text) => replace({ text }), close: (text) => replace({ text, isOpen: false }) }
  }
}

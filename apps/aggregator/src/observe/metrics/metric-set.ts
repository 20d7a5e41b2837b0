import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** A metric as it was declared. */
export interface Declaration {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
}

/** The metrics of one node: a registry of its own, never prom-client's global one, because a process may run several nodes. */
export class MetricSet {
  readonly #registry = new Registry()
  readonly #declared: Declaration[] = []
  readonly #refreshers: (() => void)[] = []

  counter<Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Counter<Label> {
    this.#declared.push({ name, type: 'counter', labels, help })
    return new Counter({ name, help, labelNames: labels, registers: [this.#registry] })
  }

  gauge<Label extends string = never>(name: string, help: string, labels: readonly Label[] = []): Gauge<Label> {
    this.#declared.push({ name, type: 'gauge', labels, help })
    return new Gauge({ name, help, labelNames: labels, registers: [this.#registry] })
  }

  /** `buckets` are upper bounds, ascending. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels: readonly Label[] = [],
  ): Histogram<Label> {
    this.#declared.push({ name, type: 'histogram', labels, help })
    return new Histogram({ name, help, buckets: [...buckets], labelNames: labels, registers: [this.#registry] })
  }

  /** Calls `refresh` before each answer, to read what is not counted as it happens. All of them run in one turn. */
  onScrape(refresh: () => void): void {
    this.#refreshers.push(refresh)
  }

  declared(): readonly Declaration[] {
    return this.#declared
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    for (const refresh of this.#refreshers) refresh()
    return this.#registry.metrics()
  }
}

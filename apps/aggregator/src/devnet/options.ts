import { resolve } from 'node:path'

/** What a devnet can be told. */
export interface DevnetOptions {
  /** How many nodes, 1 to 9. */
  readonly nodes: number
  /** Milliseconds from block to block; undefined takes 1 s, in a tour 250 ms. */
  readonly blockTimeMs: number | undefined
  /** Directory of everything the devnet owns. A tour uses `tour` in it. */
  readonly home: string
  /** Transactions per second, 0 for none; undefined sends 2, in a tour 10. */
  readonly txRate: number | undefined
  /** First port of each group, see `plan/ports.ts`; 0 takes free ones; undefined takes the well-known ones. */
  readonly basePort: number | undefined
  /** Forget the chain of this home and begin a new one. */
  readonly reset: boolean
  /** Run the tour instead of waiting for keys. */
  readonly tour: boolean
}

export const defaultOptions: DevnetOptions = {
  nodes: 3,
  blockTimeMs: undefined,
  home: resolve('.devnet'),
  txRate: undefined,
  basePort: undefined,
  reset: false,
  tour: false,
}

/** The block time that holds: a tour has a minute and shows more in it with faster blocks. */
export function blockTimeOf({ blockTimeMs, tour }: DevnetOptions): number {
  return blockTimeMs ?? (tour ? 250 : 1000)
}

/** The rate that holds: a tour judges promises, and more of them say more. */
export function txRateOf({ txRate, tour }: DevnetOptions): number {
  return txRate ?? (tour ? 10 : 2)
}

import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { GuardEvidence } from '../errors.ts'
import { syncDirectory } from './durable-file.ts'
import type { GuardStamp } from './guard-head.ts'

export interface EvidenceFileOptions {
  readonly path: string
  readonly stamp: GuardStamp
  readonly now: () => Date
  /** Told as well, before the file is written. */
  readonly onEvidence: ((evidence: GuardEvidence) => void) | undefined
}

/** Second hashes for a height, one JSON line each, for a person to look at. */
export class EvidenceFile {
  readonly #options: EvidenceFileOptions

  constructor(options: EvidenceFileOptions) {
    this.#options = options
  }

  /** Durable when resolved. */
  async add(evidence: GuardEvidence): Promise<void> {
    const { path, stamp, now, onEvidence } = this.#options
    onEvidence?.(evidence)
    const line = { at: now().toISOString(), chain_id: stamp.chainId, cluster_id: stamp.clusterId, ...evidence }
    const file = await open(path, 'a', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(line)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await syncDirectory(dirname(path))
  }
}

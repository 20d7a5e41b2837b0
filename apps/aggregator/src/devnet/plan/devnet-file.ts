import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { AggregatorError } from '../../errors.ts'
import type { NodePorts } from './ports.ts'

/** `devnet.json`: what scripts need to find the nodes, and the next start to find the chain again. */
export interface DevnetFile {
  readonly chain_id: string
  /** The devnet that runs in this home now. */
  readonly pid?: number | undefined
  readonly nodes: readonly DevnetFileNode[]
}

export interface DevnetFileNode extends NodePorts {
  readonly id: string
  readonly home: string
  /** Its libp2p identity, once its home is made. */
  readonly peer_id?: string | undefined
}

const port = z.number().int().min(1).max(65_535)
const node = z.object({ id: z.string(), home: z.string(), rpc: port, raft: port, p2p: port, metrics: port })
const schema: z.ZodType<DevnetFile> = z.object({
  chain_id: z.string(),
  pid: z.number().int().optional(),
  nodes: z.array(node.extend({ peer_id: z.string().optional() })).min(1),
})

/** Undefined when there is none. `HOME_UNUSABLE` when it is there and cannot be understood. */
export async function readDevnetFile(path: string): Promise<DevnetFile | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new AggregatorError('HOME_UNUSABLE', `${path} cannot be read; begin anew with --reset`, { cause })
  }
}

/** Replaces it in one piece. `HOME_UNUSABLE` when that is not possible. */
export async function writeDevnetFile(path: string, file: DevnetFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.new`, `${JSON.stringify(file, undefined, 2)}\n`)
    await rename(`${path}.new`, path)
  } catch (cause) {
    const why = (cause as Error).message
    throw new AggregatorError('HOME_UNUSABLE', `${path} cannot be written (${why}); choose another --home`, { cause })
  }
}

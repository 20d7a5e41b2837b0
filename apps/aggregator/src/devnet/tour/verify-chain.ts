import type { BlockDocument } from '../../rpc/node-view.ts'
import type { NodeClient } from '../client/node-client.ts'

const initialHeight = 1
// Requests under way, per node.
const atOnce = 8

/**
 * Reads blocks 1 to `tip` from every node: all must have the same, with one signature, each naming the one before.
 * Answers the first thing that is wrong, in a sentence. `onHeight` is told how far it is.
 */
export async function verifyChain(
  clients: ReadonlyMap<string, NodeClient>,
  tip: number,
  signal: AbortSignal,
  onHeight: (height: number) => void,
): Promise<string | undefined> {
  let parent: BlockDocument | undefined
  for (let from = initialHeight; from <= tip; from += atOnce) {
    if (signal.aborted) return 'interrupted'
    const heights = Array.from({ length: Math.min(atOnce, tip - from + 1) }, (_, i) => from + i)
    const read = await Promise.all(heights.map((height) => readEverywhere(clients, height)))
    for (const [i, shown] of read.entries()) {
      const problem = problemAt(heights[i]!, shown, parent)
      if (problem !== undefined) return problem
      parent = shown[0]!.block
    }
    onHeight(heights.at(-1)!)
  }
  return undefined
}

/** What one node shows for a height; undefined when it has nothing. */
export interface ShownBlock {
  readonly id: string
  readonly block: BlockDocument | undefined
}

/** What is wrong with what the nodes show for a height, whose parent is `parent`. */
export function problemAt(
  height: number,
  shown: readonly ShownBlock[],
  parent: BlockDocument | undefined,
): string | undefined {
  const [first] = shown
  for (const { id, block } of shown) {
    if (block === undefined) return `${id} does not have block ${height}`
    if (block.height !== height) return `${id} shows block ${block.height} for height ${height}`
    if (block.hash !== first?.block?.hash) return `${first?.id} and ${id} have different blocks ${height}`
    if (block.signature !== first.block.signature) {
      return `${first.id} and ${id} have different signatures of block ${height}`
    }
    if (parent && block.parent_hash !== parent.hash)
      return `block ${height} of ${id} does not follow block ${height - 1}`
  }
  return undefined
}

function readEverywhere(clients: ReadonlyMap<string, NodeClient>, height: number): Promise<readonly ShownBlock[]> {
  return Promise.all([...clients].map(async ([id, client]) => ({ id, block: await client.block(height) })))
}

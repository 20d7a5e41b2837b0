import { Cluster } from '../cluster/cluster.ts'
import type { Figures, Scale, Scene } from './story.ts'

export interface PlayOptions {
  readonly scale: Scale
  /** Leave the homes of a scene that failed, for somebody to look at. */
  readonly keepFailed: boolean
  /** Told, when a scene failed, where each node stands. */
  readonly onFailure: (description: string) => void
}

/** Plays a scene and clears everything away, whether it succeeded or not. */
export async function play(scene: Scene, { scale, keepFailed, onFailure }: PlayOptions): Promise<Figures> {
  const clusters: Cluster[] = []
  const undo: (() => Promise<unknown>)[] = []
  let hasFailed = true
  try {
    const figures = await scene.play({
      scale,
      cluster: async (options) => {
        const cluster = await Cluster.create(options)
        clusters.push(cluster)
        return cluster
      },
      onClose: (step) => void undo.unshift(step),
    })
    hasFailed = false
    return figures
  } finally {
    if (hasFailed) for (const cluster of clusters) onFailure(await cluster.describe())
    for (const cluster of clusters) await cluster.close(hasFailed && keepFailed)
    for (const step of undo) await step()
  }
}

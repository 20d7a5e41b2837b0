import { expect, test } from 'vitest'
import { auditChain } from '../../src/audit/chain.ts'
import { allCommitted, requireOnce } from '../../src/audit/transactions.ts'
import { producing, reached } from '../../src/cluster/conditions.ts'
import { Load } from '../../src/load/load.ts'
import { play } from '../../src/stories/play.ts'

test('a cluster of one is the same path, and goes on where it stopped', async () => {
  const scene = {
    name: 'a cluster of one',
    play: async (stage: Parameters<Parameters<typeof play>[0]['play']>[0]) => {
      const cluster = await stage.cluster({ nodes: 1 })
      cluster.startAll()
      await producing(cluster)
      const load = new Load(cluster, 'one')
      await load.post(5)
      await allCommitted(cluster, load.result.acknowledged)
      expect((await cluster.end('node-0', 'SIGKILL')).signal).toBe('SIGKILL')
      cluster.start('node-0')
      const tip = await cluster.until('node-0 produces again', async () => {
        const status = await cluster.client('node-0').status()
        return status?.producing ? status.tip_height : undefined
      })
      await reached(cluster, tip + 2)
      requireOnce(await auditChain(cluster), load.result)
      return {}
    },
  }
  const onFailure = (description: string): void => void process.stderr.write(description)
  await play(scene, { scale: 'short', keepFailed: false, onFailure })
})

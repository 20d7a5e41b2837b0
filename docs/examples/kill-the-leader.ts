import { simulate } from 'raft-testkit'

const cluster = simulate({ nodes: 3, seed: 7 })
const first = cluster.electLeader()
cluster.propose('pay=5')
cluster.runUntil(() => cluster.outcomes.get('pay=5') === 'acknowledged')
cluster.crash(first)
cluster.runUntil(() => cluster.leader() !== undefined)
const second = cluster.leader()!
console.log(`${first} died, ${second} leads and holds ${cluster.applied(second)} entries`)

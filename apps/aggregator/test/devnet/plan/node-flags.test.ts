import { expect, test } from 'vitest'
import { loadConfig, splitConfigArgs } from '../../../src/config/index.ts'
import { initFlags, logLimits, startFlags } from '../../../src/devnet/plan/node-flags.ts'
import type { DevnetPlan } from '../../../src/devnet/plan/plan.ts'
import { plannedPorts } from '../../../src/devnet/plan/ports.ts'

const peerIds = [
  '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN',
  '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo',
  '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X',
]

const plan: DevnetPlan = {
  chainId: 'devnet',
  home: '/devnet',
  blockTimeMs: 250,
  nodes: plannedPorts(3, undefined).map((ports, i) => ({
    ...ports,
    id: `node-${i}`,
    home: `/devnet/node-${i}`,
    logFile: `/devnet/logs/node-${i}.log`,
    peerId: peerIds[i],
  })),
}

test('the configuration takes every flag of every node, without an error or a warning', () => {
  for (const node of plan.nodes) {
    const result = loadConfig({
      args: splitConfigArgs(startFlags(plan, node)).config,
      env: {},
      userHome: '/home/someone',
      workingDirectory: '/',
      readFile: () => undefined,
      purpose: 'start',
    })
    if (!result.ok) throw new Error(result.errors.map(({ key, problem }) => `${key} ${problem}`).join('\n'))
    expect(result.warnings).toEqual([])
    expect(result.config.p2p.peers).toHaveLength(2)
    expect(result.config.node.blockTimeMs).toBe(250)
    expect(result.config.raft.voters.map(({ id }) => id)).toEqual(['node-0', 'node-1', 'node-2'])
  }
})

test('the first home begins the chain, the others take it over', () => {
  expect(initFlags(plan, plan.nodes[0]!)).toEqual(['init', '--home=/devnet/node-0', '--chain_id=devnet'])
  expect(initFlags(plan, plan.nodes[2]!)).toEqual(['init', '--home=/devnet/node-2', '--from=/devnet/node-0'])
})

test('the log covers a pause of ten seconds at any block time', () => {
  expect(logLimits(1000)).toEqual({ trailing: 15, threshold: 5 })
  expect(logLimits(250)).toEqual({ trailing: 60, threshold: 20 })
  expect(logLimits(60_000)).toEqual({ trailing: 5, threshold: 5 })
})

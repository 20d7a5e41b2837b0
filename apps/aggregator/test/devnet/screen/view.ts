import type { DevnetView, NodeRow } from '../../../src/devnet/screen/view.ts'

/** A healthy devnet, with what a test cares about. */
export function viewOf(given: Partial<DevnetView> = {}): DevnetView {
  return {
    wallMs: at(30),
    chainId: 'devnet',
    leader: 'node-2',
    term: 4,
    height: 57,
    hash: 'a1b2c3d4e5f60718',
    overdueMs: undefined,
    health: { word: 'HEALTHY', explanation: 'survives 1 more failure' },
    rows: [rowOf('node-0'), rowOf('node-1', { height: 56, lag: 1 }), rowOf('node-2', { role: 'leader' })],
    bars: [],
    events: [
      event(1, 'node-1 leads in term 3'),
      event(12, 'node-1 killed; node-2 leads after 84 ms; block 57 after 0.6 s'),
    ],
    scoreboard: {
      failovers: 1,
      slowestLeaderMs: 84,
      slowestBlockMs: 600,
      leaderChanges: 1,
      longestGapMs: 1600,
      acknowledged: 118,
      foundOnce: 117,
      waiting: 1,
      oldestWaitingMs: 400,
      blocks: 57,
      signatures: 57,
      doubles: 0,
      brokenLinks: 0,
    },
    step: undefined,
    url: 'http://127.0.0.1:7331/',
    logs: '.devnet/logs',
    ...given,
  }
}

export function rowOf(id: string, given: Partial<NodeRow> = {}): NodeRow {
  return { id, role: 'follower', term: 4, height: 57, hash: 'a1b2c3d4e5f60718', lag: 0, peers: 2, note: '', ...given }
}

export function silentRow(id: string, role: string, note: string): NodeRow {
  const unknown = { term: undefined, height: undefined, hash: undefined, lag: undefined, peers: undefined }
  return { id, role, note, ...unknown }
}

/** Seconds after noon in local time, so that pictures do not depend on where the tests run. */
export function at(seconds: number): number {
  return new Date(2026, 0, 1, 12, 0, seconds).getTime()
}

export function event(seconds: number, text: string, isAlarm = false): DevnetView['events'][number] {
  return { wallMs: at(seconds), text, isAlarm, isOpen: false }
}

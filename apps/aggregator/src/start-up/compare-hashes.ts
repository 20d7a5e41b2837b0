import { equalBytes, toHex } from 'block-fsm'
import type { Place, StartFacts } from './facts.ts'
import type { Refusal } from './finding.ts'

/** Two hashes for one height among snapshot, block store and guard: one of them is of another chain. */
export function compareHashes({ raft, store, guard }: StartFacts): readonly Refusal[] {
  const tip = raft.snapshotTip && { ...raft.snapshotTip, name: "Raft's snapshot" }
  const mark = guard?.mark && { ...guard.mark, name: 'the double-sign guard' }
  const inStore = (height: number | undefined, hash: Uint8Array | undefined): Named | undefined =>
    height === undefined || hash === undefined ? undefined : { height, hash, name: 'the block store' }
  return [
    [inStore(tip?.height, store.atSnapshotTip), tip],
    [inStore(mark?.height, store.atGuardMark), mark],
    [mark, tip],
  ].flatMap(([ours, theirs]) => (ours && theirs ? compare(ours, theirs) : []))
}

type Named = Place & { readonly name: string }

function compare(ours: Named, theirs: Named): readonly Refusal[] {
  if (ours.height !== theirs.height || equalBytes(ours.hash, theirs.hash)) return []
  const what = `block ${ours.height} is ${toHex(ours.hash)} in ${ours.name} and ${toHex(theirs.hash)} in ${theirs.name}`
  return [
    {
      kind: 'refusal',
      code: 'FORKED',
      message: `${what}; both are kept as evidence: find out which one the other members have before anything is moved`,
      runbook: 'two-blocks-at-one-height',
      evidence: { ours, theirs },
    },
  ]
}

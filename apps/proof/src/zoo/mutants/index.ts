import type { Mutant } from '../mutant.ts'
import { driverMutants } from './driver.ts'
import { electionMutants } from './election.ts'
import { followingMutants } from './following.ts'
import { formationMutants } from './formation.ts'
import { leadingMutants } from './leading.ts'
import { membershipMutants } from './membership.ts'
import { snapshotsMutants } from './snapshots.ts'
import { stateMutants } from './state.ts'
import { writesMutants } from './writes.ts'

export const allMutants: readonly Mutant[] = [
  ...driverMutants,
  ...electionMutants,
  ...followingMutants,
  ...formationMutants,
  ...leadingMutants,
  ...membershipMutants,
  ...snapshotsMutants,
  ...stateMutants,
  ...writesMutants,
]

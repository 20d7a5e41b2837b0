import type { Mutant } from '../mutant.ts'

export const allMutants: readonly Mutant[] = []

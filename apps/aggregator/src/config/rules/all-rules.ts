import { clusterHealthRules } from './cluster-health.ts'
import { inertKeyRules } from './inert-keys.ts'
import { listenerRules } from './listeners.ts'
import { membershipRules } from './membership.ts'
import type { Rule } from './rule.ts'
import { timingRules } from './timing.ts'

/** Every rule that a configuration is held to, in the order of what it says. */
export const allRules: readonly Rule[] = [
  ...membershipRules,
  ...timingRules,
  ...listenerRules,
  ...clusterHealthRules,
  ...inertKeyRules,
]

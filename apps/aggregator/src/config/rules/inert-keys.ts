import { allKeys } from '../keys/all-keys.ts'
import type { KeySpec } from '../keys/key-spec.ts'
import { isSameValue, type ResolvedKeys } from '../merge.ts'
import { parseValue } from '../values/parse-value.ts'
import type { Rule } from './rule.ts'

/** A key that is known and does nothing here must not be believed to do something. */
export const inertKeyRules: readonly Rule[] = allKeys
  .filter((spec) => spec.inert !== undefined)
  .map((spec) => ({
    reads: [spec.key],
    check: (_config, report, keys) => {
      if (isDefault(spec, keys)) return
      if (spec.refused) report.error(spec.key, `${spec.inert}; remove it`)
      else report.warning(spec.key, `has no effect: ${spec.inert}; remove it`)
    },
  }))

function isDefault(spec: KeySpec, keys: ResolvedKeys): boolean {
  const written = parseValue(spec, spec.default, { userHome: '/', home: '/', base: '/' })
  return written.ok && isSameValue(keys.get(spec.key)!.value, written.value)
}

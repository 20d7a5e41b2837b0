import type { Config } from '../config.ts'
import type { Finding } from '../finding.ts'
import type { ResolvedKeys } from '../merge.ts'
import { allRules } from './all-rules.ts'
import type { Report, Rule } from './rule.ts'

/** What the rules found, by how bad it is. */
export interface RuleFindings {
  readonly errors: readonly Finding[]
  readonly warnings: readonly Finding[]
  readonly notes: readonly Finding[]
}

/** Holds a configuration to every rule whose keys could be read. */
export function applyRules(config: Config, keys: ResolvedKeys, purpose: 'start' | 'other'): RuleFindings {
  const found = { errors: [] as Finding[], warnings: [] as Finding[], notes: [] as Finding[] }
  const addTo = (list: Finding[]) => (key: string, problem: string) => {
    list.push({ key, source: keys.get(key)!.source.label, problem })
  }
  const report: Report = { error: addTo(found.errors), warning: addTo(found.warnings), note: addTo(found.notes) }
  const rules = purpose === 'start' ? [...allRules, somethingToRun] : allRules
  for (const rule of rules) {
    if (rule.reads.every((key) => keys.get(key)!.isValid)) rule.check(config, report, keys)
  }
  return found
}

/** This program only produces. */
const somethingToRun: Rule = {
  reads: ['node.aggregator', 'raft.enable'],
  check: ({ node, raft }, report) => {
    if (!node.aggregator && !raft.enable) {
      report.error('node.aggregator', 'there is nothing to run: only aggregators are; set node.aggregator')
    }
  },
}

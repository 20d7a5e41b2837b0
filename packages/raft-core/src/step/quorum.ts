import { assert } from '../assert.ts'
import { type Configuration, type Server, voterLists } from '../configuration.ts'

/**
 * The highest value that a majority of voters has reached, where `valueOf` gives each voter's.
 *
 * A joint configuration needs both majorities, so the answer is the smaller of the two (dissertation 4.3). Works for log
 * indexes, heartbeat rounds and times alike. -Infinity without voters.
 */
export function reachedByMajority(configuration: Configuration, valueOf: (voter: Server) => number): number {
  let reached = Number.POSITIVE_INFINITY
  for (const voters of voterLists(configuration)) reached = Math.min(reached, majorityValue(voters, valueOf))
  return reached
}

/** How a vote stands, where `vote` gives each voter's answer. */
export function tally(
  configuration: Configuration,
  vote: (voter: Server) => boolean | undefined,
): 'won' | 'lost' | 'open' {
  let won = true
  for (const voters of voterLists(configuration)) {
    const needed = Math.floor(voters.length / 2) + 1
    const granted = voters.filter((voter) => vote(voter) === true).length
    const refused = voters.filter((voter) => vote(voter) === false).length
    if (voters.length - refused < needed) return 'lost'
    if (granted < needed) won = false
  }
  return won ? 'won' : 'open'
}

function majorityValue(voters: readonly Server[], valueOf: (voter: Server) => number): number {
  if (voters.length === 0) return Number.NEGATIVE_INFINITY
  const values = voters.map(valueOf).sort((a, b) => b - a)
  const value = values[Math.floor(voters.length / 2)]
  assert(value !== undefined, 'a majority is at least one voter')
  return value
}

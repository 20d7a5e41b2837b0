import { ProofError } from '../errors.ts'
import type { Place } from './place.ts'
import { runProgram } from './program.ts'

/** Runs `aggregator init` for each place: the first begins a chain, the others join it. Gives the libp2p peer id of each. */
export async function initHomes(places: readonly Place[]): Promise<ReadonlyMap<string, string>> {
  const [first, ...others] = places
  if (first === undefined) return new Map()
  const begun = [first.id, await init(first, '--chain_id=proof')] as const
  const joined = others.map(async (place) => [place.id, await init(place, `--from=${first.home}`)] as const)
  return new Map([begun, ...(await Promise.all(joined))])
}

async function init({ id, home }: Place, chain: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram(['init', `--home=${home}`, chain])
  const peerId = /^peer_id=(.+)$/m.exec(stdout)?.[1]
  if (code === 0 && stderr === '' && peerId !== undefined) return peerId
  throw new ProofError('SET_UP_FAILED', `init of ${id} ended with code ${code}: ${stderr || stdout}`)
}

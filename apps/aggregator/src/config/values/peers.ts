import { formatHostPort, isUnspecified, parseHostPort } from './host-port.ts'
import { isName } from './name.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'
import { quote } from './quote.ts'
import { parseWords } from './words.ts'

/** A voter: its name and the address, `host:port`, at which others dial it. */
export interface Peer {
  readonly id: string
  readonly address: string
}

/** Reads `id@host:port,id@host:port`. Names and addresses are unique, every address can be dialled. Names all problems. */
export function parsePeers(text: string): Parsed<readonly Peer[]> {
  const peers: Peer[] = []
  const problems: string[] = []
  for (const entry of parseWords(text)) {
    const peer = parsePeer(entry)
    if (!peer.ok) problems.push(...peer.problems)
    else if (peers.some((known) => known.id === peer.value.id)) {
      problems.push(`${quote(peer.value.id)} is listed twice; give every node a name of its own`)
    } else if (peers.some((known) => known.address === peer.value.address)) {
      problems.push(`${quote(peer.value.address)} is listed twice; give every node an address of its own`)
    } else peers.push(peer.value)
  }
  return problems.length > 0 ? unparsed(...problems) : parsed(peers)
}

/** Writes them as `parsePeers` reads them. */
export function formatPeers(peers: readonly Peer[]): string {
  return peers.map((peer) => `${peer.id}@${peer.address}`).join(',')
}

function parsePeer(entry: string): Parsed<Peer> {
  const at = entry.indexOf('@')
  if (at < 1) return unparsed(`${quote(entry)} names no node; write it like node-1@10.0.0.1:5001`)
  const id = entry.slice(0, at)
  if (!isName(id)) return unparsed(`${quote(id)} is not a name; use letters, digits, "-", "_" and ".", at most 64`)
  const address = parseHostPort(entry.slice(at + 1))
  if (!address.ok) return unparsed(...address.problems.map((problem) => `${quote(id)}: ${problem}`))
  if (isUnspecified(address.value.host) || address.value.port === 0) {
    return unparsed(`nobody can dial ${quote(entry)}; write the address and port at which ${id} is reached`)
  }
  return parsed({ id, address: formatHostPort(address.value) })
}

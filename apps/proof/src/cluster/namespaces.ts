import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { atOurDeath } from './orphan-guard.ts'

/** Network namespaces on one bridge, as hosts on one network that this machine is on as well. */
export interface Namespaces {
  /** Address of each host. */
  readonly addresses: readonly string[]
  /** The command that runs a command on host `i`. */
  readonly prefix: (i: number) => readonly string[]
  remove(): Promise<void>
}

const network = '10.0.1'

/**
 * Makes hosts 10.0.1.1, 10.0.1.2, … in namespaces of their own. Answers why not, in a word, where this machine does not allow it:
 * it needs `ip` and root, and that nothing else is on that network.
 */
export async function makeNamespaces(count: number): Promise<Namespaces | string> {
  const bridge = `proof${process.pid}`
  const hosts = Array.from({ length: count }, (_, i) => hostOf(i + 1))
  const undo = [`ip link delete ${bridge}`]
  let forget: (() => void)[] = []
  const remove = async (): Promise<void> => {
    for (const command of undo) await run(command)
    for (const each of forget) each()
    forget = []
  }
  try {
    if ((await run(`ip route show ${network}.0/24`)) !== '') return `${network}.0/24 is in use`
    await run(`ip link add ${bridge} type bridge`)
    forget.push(atOurDeath(`ip link delete ${bridge}`))
  } catch (error) {
    return reasonOf(error)
  }
  try {
    await run(`ip address add ${network}.254/24 dev ${bridge}`)
    await run(`ip link set ${bridge} up`)
    for (const { name, link, address } of hosts) {
      await run(`ip netns add ${name}`)
      undo.push(`ip netns delete ${name}`)
      forget.push(atOurDeath(`ip netns delete ${name}`))
      await run(`ip link add ${link} type veth peer name eth0 netns ${name}`)
      await run(`ip link set ${link} master ${bridge} up`)
      await run(`ip -n ${name} address add ${address}/24 dev eth0`)
      await run(`ip -n ${name} link set eth0 up`)
      await run(`ip -n ${name} link set lo up`)
    }
  } catch (error) {
    await remove()
    return reasonOf(error)
  }
  return {
    addresses: hosts.map(({ address }) => address),
    prefix: (i) => ['ip', 'netns', 'exec', hosts[i]!.name],
    remove,
  }
}

/** The process number is in the names, so that two runs do not collide. */
function hostOf(number: number): { readonly name: string; readonly link: string; readonly address: string } {
  const { pid } = process
  return { name: `proof-${pid}-${number}`, link: `pf${pid}-${number}`, address: `${network}.${number}` }
}

async function run(command: string): Promise<string> {
  const [program = '', ...args] = command.split(' ')
  return (await promisify(execFile)(program, args)).stdout
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as Error & { readonly stderr?: string }
  return (stderr || message).trim()
}

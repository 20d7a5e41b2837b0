import { protocolVersion, type TransportSelf } from 'raft-core'
import type { Hello } from '../codec/hello-codec.ts'
import type { Rejection } from '../codec/rejection-codec.ts'

/** Why a hello is refused by name, in the code of a rejection. */
export type RefusalCode = 'WRONG_NODE' | 'VERSION' | 'CLUSTER' | 'EPOCH' | 'DOUBLED'

/** A rejection with one of the codes above. */
export interface Refusal extends Rejection {
  readonly code: RefusalCode
}

/**
 * Why a hello is refused by name; undefined when it is welcome. `present` are the hellos of living connections with the same id.
 *
 * A node without a cluster id is let in: it may be an applicant.
 */
export function whyRefused(self: TransportSelf, hello: Hello, present: readonly Hello[]): Refusal | undefined {
  const { id } = self.member
  const peer = hello.member.id
  if (hello.toId !== '' && hello.toId !== id) {
    return { code: 'WRONG_NODE', reason: `this is ${id}, not ${hello.toId}; correct the address of ${hello.toId}` }
  }
  if (hello.lowestVersion > protocolVersion || hello.highestVersion < protocolVersion) {
    const theirs = `${hello.lowestVersion} to ${hello.highestVersion}`
    return {
      code: 'VERSION',
      reason: `${id} speaks version ${protocolVersion}, ${peer} ${theirs}; update the older one`,
    }
  }
  if (peer === id) return { code: 'DOUBLED', reason: `${id} is already running here; give each node an id of its own` }
  if (hello.clusterId !== '' && self.clusterId !== '') {
    if (hello.clusterId !== self.clusterId) {
      return { code: 'CLUSTER', reason: `${peer} belongs to another cluster than ${id}; correct its peers or its data` }
    }
    if (hello.epoch < self.epoch) {
      return {
        code: 'EPOCH',
        reason: `${peer} is of epoch ${hello.epoch}, ${id} of ${self.epoch}; recover ${peer} too`,
      }
    }
  }
  if (present.some((other) => isDoubled(hello, other))) {
    return { code: 'DOUBLED', reason: `another ${peer} is connected; two processes have its id or a copy of its data` }
  }
  return undefined
}

/** Starts of one directory follow each other by counter; anything else at the same time is a second holder. */
function isDoubled(hello: Hello, present: Hello): boolean {
  if (hello.member.incarnation !== present.member.incarnation) return true
  if (hello.bootCounter === present.bootCounter) return hello.bootNonce !== present.bootNonce
  return hello.bootCounter < present.bootCounter
}

import type { TransportSelf } from 'raft-core'
import type { Hello, Rejection } from './codec/hello-codec.ts'

/**
 * Why a hello is refused by name; undefined when it is welcome.
 *
 * `present` is the hello of a living connection of the same id. A node without a cluster id is let in: it may be an applicant.
 */
export function whyRefused(self: TransportSelf, hello: Hello, present: Hello | undefined): Rejection | undefined {
  const refuse = (code: string, reason: string): Rejection => ({ code, reason })
  const { member } = self
  if (hello.toId !== '' && hello.toId !== member.id) {
    return refuse('WRONG_NODE', `this is ${member.id}, not ${hello.toId}; the address in the peers is wrong`)
  }
  if (hello.lowestVersion > 1 || hello.highestVersion < 1) {
    return refuse(
      'VERSION',
      `this node speaks version 1, ${hello.member.id} ${hello.lowestVersion} to ${hello.highestVersion}`,
    )
  }
  if (hello.member.id === member.id) return refuse('DOUBLED', `${member.id} is already running here`)
  if (hello.clusterId !== '' && self.clusterId !== '') {
    if (hello.clusterId !== self.clusterId) return refuse('CLUSTER', `${hello.member.id} belongs to another cluster`)
    if (hello.epoch < self.epoch)
      return refuse('EPOCH', `${hello.member.id} is of epoch ${hello.epoch}, this is ${self.epoch}`)
  }
  if (present && isDoubled(hello, present)) {
    return refuse(
      'DOUBLED',
      `another ${hello.member.id} is connected; two processes have one id, or one directory was copied`,
    )
  }
  return undefined
}

/** Two starts of one directory follow each other by counter; anything else at the same time is a second holder. */
function isDoubled(hello: Hello, present: Hello): boolean {
  if (hello.member.incarnation !== present.member.incarnation) return true
  if (hello.bootCounter === present.bootCounter) return hello.bootNonce !== present.bootNonce
  return hello.bootCounter < present.bootCounter
}

/**
 * Stories of real aggregator processes: real TCP, real disks, `kill -9`. A story is a claim with scenes that show it; tests tell
 * the short ones, `npm run stories` the long ones as often as asked. The zoo is bugs that the tests must find.
 *
 * @packageDocumentation
 */
export { stories } from './command/stories.ts'
export { picture } from './picture/picture.ts'
export { zoo } from './zoo/zoo.ts'

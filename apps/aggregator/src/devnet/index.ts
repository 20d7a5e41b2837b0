/**
 * `aggregator devnet`: a cluster of real processes on this machine.
 *
 * `plan/` decides homes, ports and flags, `process/` starts and hurts processes, `client/` speaks to a node over HTTP,
 * `audit/` judges what the nodes show without asking or waiting by itself, `load/` sends transactions, `screen/` turns what
 * is known into lines, `tour/` is the unattended minute.
 */
export { type DevnetOptions, defaultOptions } from './options.ts'
export { registerDevnet } from './register-devnet.ts'
export { type DevnetIo, runDevnet } from './run-devnet.ts'
export { StopRequest } from './stop-request.ts'

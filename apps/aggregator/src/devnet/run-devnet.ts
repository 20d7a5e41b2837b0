import { randomBytes } from 'node:crypto'
import type { ReadStream, WriteStream } from 'node:tty'
import { AggregatorError } from '../errors.ts'
import type { Actions } from './actions.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Devnet, startDevnet } from './devnet.ts'
import { listenToKeys } from './keys.ts'
import { type DevnetOptions, txRateOf } from './options.ts'
import { writeDevnetFile } from './plan/devnet-file.ts'
import { makeHomes } from './plan/make-homes.ts'
import { type DevnetPlan, devnetFilePath, makePlan, toFile } from './plan/plan.ts'
import { type NodeProgram, thisProgram } from './process/node-program.ts'
import { buildView } from './screen/build-view.ts'
import { openScreen } from './screen/open-screen.ts'
import type { Screen } from './screen/screen.ts'
import { stepLine } from './step-line.ts'
import type { StopRequest } from './stop-request.ts'
import { runTour } from './tour/tour.ts'
import { until } from './until.ts'

/** What a devnet needs from outside. */
export interface DevnetIo {
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly stopRequest: StopRequest
  /** What a node runs; this program by default. */
  readonly program?: NodeProgram
  readonly clock?: Clock
  /** How long a node that was killed or fell stays down; 3 s by default. */
  readonly restartAfterMs?: number
  /** How long a node may take to stop; 8 s by default. */
  readonly stopLimitMs?: number
}

// Founding and electing take a second or two; slow machines get plenty.
const firstBlockLimitMs = 60_000

/**
 * Runs a devnet until it is told to stop, or its tour is over. Answers the exit code: 0, or 1 when the tour failed. No
 * process that it started is left when it returns.
 *
 * Rejects with `AggregatorError`: `USAGE`, `PORT_IN_USE`, `HOME_UNUSABLE`, and `NOT_REACHABLE` when no block comes.
 */
export async function runDevnet(options: DevnetOptions, io: DevnetIo): Promise<number> {
  const { stdout, stopRequest, clock = systemClock, program = thisProgram } = io
  const { stop } = stopRequest
  if (options.tour && options.nodes < 3) throw new AggregatorError('USAGE', 'a tour kills nodes; give it 3 or more')
  const onGone = (): void => stopRequest.ask()
  // A reader that went away, as `head` does, wants no more.
  stdout.on('error', onGone)
  try {
    const planned = await makePlan(options)
    const plan = await stepLine('make homes', () => makeHomes(planned, program, stop), stdout, clock)
    await writeDevnetFile(devnetFilePath(plan.home), toFile(plan, process.pid))
    try {
      return await runNodes(plan, options, { ...io, clock, program })
    } finally {
      await writeDevnetFile(devnetFilePath(plan.home), toFile(plan, undefined))
    }
  } catch (error) {
    // Told to stop while it was still beginning: that is an end like any other.
    if (stop.aborted && !(error instanceof AggregatorError)) return 0
    throw error
  } finally {
    stdout.off('error', onGone)
  }
}

async function runNodes(
  plan: DevnetPlan,
  options: DevnetOptions,
  io: DevnetIo & Required<Pick<DevnetIo, 'clock' | 'program'>>,
): Promise<number> {
  const { stdout, stopRequest, clock, program } = io
  const { stop, hurry } = stopRequest
  let screen: Screen | undefined
  let step: string | undefined
  const devnet = startDevnet({
    plan,
    program,
    clock,
    stop,
    hurry,
    txRate: txRateOf(options),
    runId: randomBytes(4).toString('hex'),
    restartAfterMs: io.restartAfterMs ?? 3000,
    stopLimitMs: io.stopLimitMs ?? 8000,
    onEvent: (event) => screen?.onEvent(event),
  })
  try {
    await stepLine('first block', () => firstBlock(devnet, clock, stop), stdout, clock)
    if (stop.aborted) return options.tour ? 1 : 0
    screen = openScreen(stdout, () => buildView(devnet, step, clock), devnet.events, clock)
    if (!options.tour) {
      await untilStopped(devnet.actions, io)
      return 0
    }
    const onStep = (text: string): void => {
      step = text
      screen?.onStep(text)
    }
    const { report, hasPassed } = await runTour(devnet, { clock, signal: stop, onStep })
    await screen.close()
    screen = undefined
    stdout.write(`${report.join('\n')}\n`)
    return hasPassed ? 0 : 1
  } finally {
    await screen?.close()
    await stepLine('stop', () => devnet.close(), stdout, clock)
  }
}

/** Resolves at the first new block, or when told to stop. `NOT_REACHABLE` says what is in the way. */
async function firstBlock({ audit, plan, falls }: Devnet, clock: Clock, stop: AbortSignal): Promise<void> {
  const isThere = (): boolean => falls.length > 0 || (audit.view.tip?.height ?? 0) >= (audit.firstHeight ?? 1)
  const came = await until(isThere, firstBlockLimitMs, clock, stop)
  if (stop.aborted || (came && falls.length === 0)) return
  const reasons = plan.nodes.map(
    ({ id }) => `${id}: ${audit.view.last(id)?.not_ready_reason ?? audit.view.whySilent(id)}`,
  )
  const [what, why] = falls.length > 0 ? ['a node fell', falls] : ['no block came within a minute', reasons]
  throw new AggregatorError('NOT_REACHABLE', `${what} (${why.join('; ')}); the logs are in ${plan.home}/logs`)
}

/** Acts on keys, where there is a keyboard, until told to stop. */
async function untilStopped(actions: Actions, { stdin, stopRequest }: DevnetIo): Promise<void> {
  const running = new Set<Promise<unknown>>()
  const start = (run: Promise<unknown>): void => {
    running.add(run)
    void run.finally(() => running.delete(run))
  }
  const dispose = stdin.isTTY
    ? listenToKeys(stdin, {
        k: () => void actions.killLeader(),
        p: () => start(actions.pauseLeader()),
        a: () => start(actions.keepAway()),
        t: () => start(actions.sendTransaction()),
        quit: () => stopRequest.ask(),
      })
    : () => undefined
  try {
    await aborted(stopRequest.stop)
  } finally {
    dispose()
  }
  await Promise.all(running)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

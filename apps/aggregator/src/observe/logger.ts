import { type Logger as Pino, pino } from 'pino'
import pretty from 'pino-pretty'

/** The part of pino that the packages' loggers ask for too. */
export type Logger = Pick<Pino, 'debug' | 'info' | 'warn' | 'error' | 'child'>

export interface LoggerOptions {
  readonly level: string
  readonly format: 'text' | 'json'
}

/** A logger to stderr: results have stdout to themselves. */
export function openLogger({ level, format }: LoggerOptions): Logger {
  const base = { level, base: null }
  if (format === 'json') return pino(base, pino.destination({ dest: 2, sync: true }))
  return pino(
    base,
    pretty({ destination: 2, sync: true, colorize: process.stderr.isTTY, translateTime: 'SYS:HH:MM:ss.l' }),
  )
}

import { resolve } from 'node:path'
import type { ConfigValue, KeySpec } from '../keys/key-spec.ts'
import { parseBytes } from './bytes.ts'
import { parseDuration } from './duration.ts'
import { parseHostPort } from './host-port.ts'
import { parseListenMultiaddr, parsePeerMultiaddrs } from './multiaddr.ts'
import { parseName } from './name.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'
import { parsePeers } from './peers.ts'
import { quote } from './quote.ts'
import { withinLimits } from './within-limits.ts'
import { parseWords } from './words.ts'

/** What relative paths are relative to. All absolute. */
export interface Places {
  /** The user's home, for a leading `~/`. */
  readonly userHome: string
  /** This node's home. */
  readonly home: string
  /** For paths as they are typed: the working directory, or the home when the value comes from a file. */
  readonly base: string
}

/** Reads the text of one key as its kind asks, within its limits. */
export function parseValue(spec: KeySpec, text: string, places: Places): Parsed<ConfigValue> {
  return withinLimits(spec, parseKind(spec, text, places))
}

function parseKind(spec: KeySpec, text: string, places: Places): Parsed<ConfigValue> {
  switch (spec.kind) {
    case 'text':
      return parsed(text)
    case 'list':
      return parsed(parseWords(text))
    case 'name':
      return parseName(text)
    case 'bool':
      return parseBool(text)
    case 'int':
      return parseInteger(text)
    case 'fraction':
      return parseFraction(text)
    case 'duration':
      return parseDuration(text)
    case 'bytes':
      return parseBytes(text)
    case 'choice':
      return parseChoice(spec, text)
    case 'path':
      return parsePath(spec, text, places, places.base)
    case 'homePath':
      return parsePath(spec, text, places, places.home)
    case 'address':
      return text === '' ? parsed(undefined) : parseHostPort(text)
    case 'listenAddress':
      return parseHostPort(text)
    case 'multiaddr':
      return parseListenMultiaddr(text)
    case 'multiaddrs':
      return parsePeerMultiaddrs(text)
    case 'peers':
      return parsePeers(text)
  }
}

/** The words that Go's flags take. */
function parseBool(text: string): Parsed<boolean> {
  if (/^(1|t|true)$/i.test(text)) return parsed(true)
  if (/^(0|f|false)$/i.test(text)) return parsed(false)
  return unparsed(`${quote(text)} is neither true nor false; write one of the two`)
}

function parseInteger(text: string): Parsed<number> {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value)
    ? parsed(value)
    : unparsed(`${quote(text)} is not a whole number; write digits only`)
}

function parseFraction(text: string): Parsed<number> {
  const value = /^\d*\.?\d+(e-?\d+)?$/.test(text) ? Number(text) : Number.NaN
  return value >= 0 && value <= 1
    ? parsed(value)
    : unparsed(`${quote(text)} is not a share; write a number from 0 to 1`)
}

function parseChoice(spec: KeySpec, text: string): Parsed<string> {
  const choices = spec.choices ?? []
  if (choices.includes(text)) return parsed(text)
  const problem = spec.unavailable?.includes(text) ? 'is not available here' : 'is not known'
  return unparsed(`${quote(text)} ${problem}; write ${choices.join(' or ')}`)
}

function parsePath(spec: KeySpec, text: string, places: Places, base: string): Parsed<string> {
  if (text === '') return spec.default === '' ? parsed('') : unparsed('is empty; write a path')
  if (text.includes('\0')) return unparsed(`${quote(text)} is not a path; remove the zero byte`)
  if (text === '~' || text.startsWith('~/')) return parsed(resolve(places.userHome, text.slice(2)))
  return parsed(resolve(base, text))
}

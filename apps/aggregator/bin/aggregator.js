#!/usr/bin/env node
import { main } from '../dist/index.js'

const exitCode = await main(process.argv.slice(2))
// All that was opened is closed by now, but libp2p leaves a timer behind that would hold the process for another second.
process.exit(exitCode)

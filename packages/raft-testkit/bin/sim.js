#!/usr/bin/env node
import { simulateSeeds } from '../dist/index.js'

process.exitCode = simulateSeeds(process.argv.slice(2))

import { benchmark } from '../dist/index.js'

process.exitCode = await benchmark(process.argv.slice(2))

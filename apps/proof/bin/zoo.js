import { zoo } from '../dist/index.js'

process.exitCode = await zoo(process.argv.slice(2))

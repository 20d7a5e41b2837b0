import { stories } from '../dist/index.js'

process.exitCode = await stories(process.argv.slice(2))

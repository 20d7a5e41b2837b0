import { serveLogNode } from '../dist/index.js'

await serveLogNode(JSON.parse(process.argv[2]))

import { fileURLToPath } from 'node:url'
import { picture } from '../dist/index.js'

process.exitCode = await picture(fileURLToPath(new URL('../../../docs/tour.svg', import.meta.url)))

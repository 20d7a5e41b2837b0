/**
 * Looks at directories as another user and prints what is wrong with them: `node check-directories-as.js UID PATH…`. Everything is
 * loaded before the user changes, because that one may not be able to read this clone.
 */
import { errorLines } from '../../dist/cli/describe-error.js'
import { checkDirectories } from '../../dist/start-up/check-directories.js'

const [user, ...paths] = process.argv.slice(2)
if (process.getuid() !== Number(user)) {
  process.setgid(Number(user))
  process.setuid(Number(user))
}
try {
  await checkDirectories(paths)
} catch (error) {
  console.log(errorLines(error).join('\n'))
}

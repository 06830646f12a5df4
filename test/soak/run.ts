// Why this file exists: `npm run soak` holds an appliance for as long as you say; `npm run soak -- fuzz` bends a million
// messages. Both are by hand, and too long for `npm test`.
const [what] = process.argv.slice(2)
await(what === 'fuzz' ? import('../fuzz/run.ts') : import('./appliance.ts'))

// Why this file exists: what is too long for `npm test` is run by hand. `npm run soak` holds an appliance for as long as you
// say; `-- fuzz` bends a million packets of each protocol; `-- sim` lives through ten thousand simulated lives.
const words = process.argv.slice(2)
const only = words.indexOf('--only')
const what = only >= 0 ? words[only + 1] : words[0]
switch (what) {
  case 'fuzz':
    await import('../fuzz/run.ts')
    break
  case 'sim':
    await import('../sim/run.ts')
    break
  default:
    await import('./appliance.ts')
}

// Why this file exists: people read "4.0 GiB"; what they type is read in the same units. Pure.

const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const
const unitFactor = 1024

export function bytesText(bytes: number): string {
  let amount = bytes
  let shown = 'B'
  for (const unit of units) {
    if (amount < unitFactor) break
    amount /= unitFactor
    shown = unit
  }
  return shown === 'B' ? `${Math.round(amount)} B` : `${amount.toFixed(1)} ${shown}`
}

/** Mean and standard deviation, to a tenth; of one number, the number. */
export function spread(numbers: readonly number[]): string {
  const mean = numbers.reduce((total, x) => total + x, 0) / numbers.length
  if (numbers.length === 1) return mean.toFixed(1)
  const variance = numbers.reduce((total, x) => total + (x - mean) ** 2, 0) / (numbers.length - 1)
  return `${mean.toFixed(1)} ± ${Math.sqrt(variance).toFixed(1)}`
}

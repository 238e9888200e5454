/** A fraction as people read it in tables: `0.4273`. */
export function fraction(value: number): string {
  return value.toFixed(4)
}

/** A measured number in few digits: `12.35`, `0.0004210`. */
export function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4)
}

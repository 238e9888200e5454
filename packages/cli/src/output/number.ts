/** A fraction as people read it in tables: `0.4273`. */
export function fraction(value: number): string {
  return value.toFixed(4)
}

/** A whole number as it is, another one in four digits: `34618`, `12.35`, `0.0003`. */
export function short(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)))
}

/** The nearest whole number: `34618`. */
export function rounded(value: number): string {
  return value.toFixed(0)
}

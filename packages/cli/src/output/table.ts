/** Rows of texts as aligned lines: the first column to the left, the others to the right, a line under the header. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    [title, ...rows.map((row) => row[column] ?? '')].reduce(
      (width, { length }) => Math.max(width, length),
      0,
    ),
  )
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? ''
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  return [
    line(header),
    widths.map((width) => '─'.repeat(width)).join('──'),
    ...rows.map(line),
    '',
  ].join('\n')
}

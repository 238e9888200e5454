/** A token of ARFF and what follows it. */
export interface Token {
  /** The token without quotes and escapes. */
  readonly value: string
  /** The text after the token, without leading space. */
  readonly rest: string
}

/** The first token of a text, ended by space or, if it starts with a quote, by the same quote; undefined when a quote stays open. */
export function firstToken(text: string): Token | undefined {
  const quote = text[0]
  if (quote !== "'" && quote !== '"') {
    const end = text.search(/\s/)
    return end === -1
      ? { value: text, rest: '' }
      : { value: text.slice(0, end), rest: text.slice(end).trimStart() }
  }
  const end = closingQuote(text, 0)
  return end === -1
    ? undefined
    : { value: unescaped(text.slice(1, end)), rest: text.slice(end + 1).trimStart() }
}

/** The parts of a list between its commas, as written; quotes protect commas; undefined when a quote stays open. */
export function listParts(text: string): string[] | undefined {
  if (!/['"]/.test(text)) return text.split(',').map((part) => part.trim())
  const parts: string[] = []
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const character = text[i]
    if (character === ',' || character === undefined) {
      parts.push(text.slice(start, i).trim())
      start = i + 1
    } else if ((character === "'" || character === '"') && /^$|[\s,]/.test(text[i - 1] ?? '')) {
      i = closingQuote(text, i)
      if (i === -1) return undefined
    }
  }
  return parts
}

/** The value that a part of a list stands for: without its quotes and escapes. */
export function valueOf(part: string): string {
  const quote = part[0]
  const isQuoted = (quote === "'" || quote === '"') && closingQuote(part, 0) === part.length - 1
  return isQuoted ? unescaped(part.slice(1, -1)) : part.includes('\\') ? unescaped(part) : part
}

/** A name as ARFF writes it: quoted where it must be. */
export function arffName(name: string): string {
  return /^[^\s'"\\%{},?]+$/.test(name) ? name : `'${name.replaceAll(/[\\']/g, String.raw`\$&`)}'`
}

function closingQuote(text: string, open: number): number {
  const quote = text[open]
  for (let i = open + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === quote) return i
  }
  return -1
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1')
}

/** HTML that is safe to put into a page as it is. */
export interface Html {
  /** The markup. */
  readonly html: string
}

/**
 * Markup as a template: values are escaped, {@link Html} and lists of it go in as they are.
 *
 * @example
 * ```ts
 * html`<p>${'1 < 2'}</p>`.html // <p>1 &lt; 2</p>
 * ```
 */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  return { html: String.raw({ raw: parts }, ...values.map(markup)) }
}

function markup(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'object') return 'html' in value ? value.html : value.map(markup).join('')
  return String(value).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

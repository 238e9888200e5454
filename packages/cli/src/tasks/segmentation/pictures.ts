import { encodePng } from '@deepstruct/datasets'
import { type NDArray, ndarray } from '@deepstruct/tensor'
import { type Html, html } from '../../report/html.ts'

/**
 * An image `[height, width, channels]`, or a mask or scores `[height, width]`, as a PNG inside the page. Values are from 0 (black) to 1;
 * of more than three channels the first three are shown.
 *
 * @param shownWidth - in CSS pixels
 */
export function picture({ data, shape }: NDArray, shownWidth = 96): Html {
  const [height = 0, width = 0, channels = 1] = shape
  const shown = channels < 3 ? 1 : 3
  const pixels = Float32Array.from({ length: height * width * shown }, (_, i) =>
    brightness(data[Math.floor(i / shown) * channels + (i % shown)] as number),
  )
  const file = Buffer.from(encodePng(ndarray(pixels, [height, width, shown])))
  const source = `data:image/png;base64,${file.toString('base64')}`
  return html`<img
    src="${source}"
    width="${shownWidth}"
    alt=""
    style="image-rendering:pixelated"
  />`
}

/** What a search that diverged leaves behind is drawn too. */
function brightness(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, value))
}

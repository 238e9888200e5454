import { DomainError } from '@deepstruct/tensor'

/** Crops of images, all of one size, for {@link averageOverCrops}. */
export interface CropGrid {
  /** Rows of a crop. */
  readonly height: number
  /** Columns of a crop. */
  readonly width: number
  /** Places along height and along width, evenly spread from one border to the other: 3 makes 9 crops. Default the fewest that cover. */
  readonly perSide?: number
}

/**
 * Crops that have a share of the height and of the width of the images, so that one setting suits images of any size.
 *
 * @param image - the size of the images
 * @param share - in $(0, 1]$; 3/4 of 32 × 32 pixels are 24 × 24
 * @param perSide - as in {@link CropGrid}
 * @throws {@link @deepstruct/tensor!DomainError} when the share is outside $(0, 1]$
 */
export function cropGrid(
  image: { readonly height: number; readonly width: number },
  share: number,
  perSide?: number,
): CropGrid {
  if (!(share > 0 && share <= 1))
    throw new DomainError({
      function: 'cropGrid',
      argument: 'share',
      got: String(share),
      expected: 'a number above 0, at most 1',
    })
  const part = (size: number): number => Math.max(1, Math.round(share * size))
  return {
    height: part(image.height),
    width: part(image.width),
    ...(perSide !== undefined && { perSide }),
  }
}

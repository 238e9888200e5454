// Written by families.test.ts; after a change of the packages: npx vitest run --project cli families -u
import type { AnyFamily } from '@deepstruct/training'
import { dvnFamily, dvnSegmentationFamily } from '@deepstruct/dvn'
import { fcnFamily, mlpFamily } from '@deepstruct/feedforward'
import { infnetFamily } from '@deepstruct/infnet'
import { spenFamily } from '@deepstruct/spen'

/** Every model family, in the order of the packages. */
export const families: readonly AnyFamily[] = [
  dvnFamily,
  dvnSegmentationFamily,
  fcnFamily,
  mlpFamily,
  infnetFamily,
  spenFamily,
]

// Written by families.test.ts; after a change of the packages: npx vitest run --project cli families -u
import type { AnyFamily } from '@deepstruct/training'
import { adversarialFamily } from '@deepstruct/adversarial'
import { dvnFamily, dvnSegmentationFamily } from '@deepstruct/dvn'
import { fcnFamily, mlpFamily, taggerFamily } from '@deepstruct/feedforward'
import { infnetFamily, infnetTaggingFamily } from '@deepstruct/infnet'
import { spenFamily, spenTaggingFamily } from '@deepstruct/spen'
import { crfFamily, ssvmFamily, svmFamily } from '@deepstruct/ssvm'

/** Every model family, in the order of the packages. */
export const families: readonly AnyFamily[] = [
  adversarialFamily,
  dvnFamily,
  dvnSegmentationFamily,
  fcnFamily,
  mlpFamily,
  taggerFamily,
  infnetFamily,
  infnetTaggingFamily,
  spenFamily,
  spenTaggingFamily,
  crfFamily,
  ssvmFamily,
  svmFamily,
]

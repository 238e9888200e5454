// Written by families.test.ts; after a change of the packages: npx vitest run --project cli families -u
import type { Family } from '@deepstruct/training'
import { mlpFamily } from '@deepstruct/feedforward'
import { spenFamily } from '@deepstruct/spen'

/** Every model family, in the order of the packages. */
export const families: readonly Family<'multilabel'>[] = [mlpFamily, spenFamily]

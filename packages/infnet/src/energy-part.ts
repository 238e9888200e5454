import type { EnergyNetwork } from '@deepstruct/inference'
import type { Tensor } from '@deepstruct/tensor'

/** An energy network whose parameters are a part of a larger state `S`, beside those of the networks that minimize it. */
export type EnergyPart<S, F> = Pick<EnergyNetwork<S, Tensor, F>, 'encode' | 'energy' | 'domain'>

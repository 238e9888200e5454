import type { Tensor } from '@deepstruct/tensor'

/**
 * What a wrong output costs, $\Delta(y^*, y)$ of each row, `[batch]`: 0 where they are equal. It is exact on $\{0, 1\}$ and defined on
 * relaxed outputs in $[0, 1]$, with a gradient in `y`. Outputs are `[batch, ...structure]`.
 */
export type TaskLoss = (yTrue: Tensor, y: Tensor) => Tensor

import {
  add,
  constant,
  matMul,
  mul,
  type NDArray,
  ndarray,
  type Random,
  reshape,
  softplus,
  squeeze,
  sub,
  sum,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'

/** What every small energy is made of: a matrix and a vector a row. */
export interface SmallParams<T> {
  /** `[rows, size, size]`. */
  readonly matrix: T
  /** `[rows, size]`. */
  readonly vector: T
}

/** An energy of a few variables, written twice: for tensors, and in float64 on the host. */
export interface SmallEnergy {
  /** For the names of tests. */
  readonly name: string
  /** Random parameters of `rows` energies of `size` variables. */
  draw(random: Random, rows: number, size: number): SmallParams<NDArray>
  /** The energies of flat points `[rows, size]`, `[rows]`. */
  energy(params: SmallParams<Tensor>, y: Tensor): Tensor
  /** The energy of one point under the parameters of one row. */
  host(params: HostParams, y: readonly number[]): number
  /** Its gradient, given for convex energies only: their minimum can then be had to any precision. */
  gradient?(params: HostParams, y: readonly number[]): readonly number[]
}

/** The parameters of one row. */
export interface HostParams {
  /** Row-major, `size * size` numbers. */
  readonly matrix: readonly number[]
  /** `size` numbers. */
  readonly vector: readonly number[]
}

/** The parameters of one row, of energies that were drawn together. */
export function hostParams({ matrix, vector }: SmallParams<NDArray>, row: number): HostParams {
  const size = vector.shape[1] ?? 0
  const square = size * size
  return {
    matrix: [...matrix.data.subarray(row * square, (row + 1) * square)],
    vector: [...vector.data.subarray(row * size, (row + 1) * size)],
  }
}

/** The rows from `begin`, `count` of them. */
export function paramRows(
  { matrix, vector }: SmallParams<NDArray>,
  begin: number,
  count = 1,
): SmallParams<NDArray> {
  const rows = ({ data, shape }: NDArray): NDArray => {
    const width = data.length / (shape[0] ?? 1)
    return ndarray(data.slice(begin * width, (begin + count) * width), [count, ...shape.slice(1)])
  }
  return { matrix: rows(matrix), vector: rows(vector) }
}

/** $\frac12 (y - v)^\top M (y - v)$ with $M$ positive definite and the minimum $v$ inside the unit box. */
export const interiorQuadratic: SmallEnergy = quadratic('quadratic, minimum inside', 0.2, 0.8)

/** The same with a $v$ that mostly lies outside. */
export const borderQuadratic: SmallEnergy = quadratic('quadratic, minimum outside', -1, 2)

/** $\sum_k \text{softplus}(M y + v)_k$: convex, without a minimum of its own. */
export const softplusOfLinear: SmallEnergy = {
  name: 'softplus of linear',
  draw: normalParams,
  energy: ({ matrix, vector }, y) => sum(softplus(add(times(matrix, y), vector)), 1),
  host: ({ matrix, vector }, y) =>
    total(hostTimes(matrix, y).map((value, k) => Math.log1p(Math.exp(value + vector[k]!)))),
  gradient({ matrix, vector }, y) {
    const slopes = hostTimes(matrix, y).map((value, k) => 1 / (1 + Math.exp(-value - vector[k]!)))
    return y.map((_, j) => total(slopes.map((slope, k) => slope * matrix[k * y.length + j]!)))
  },
}

/** $y^\top M y + v^\top y$ with any $M$: a pairwise (Ising) energy. */
export const pairwise: SmallEnergy = {
  name: 'pairwise',
  draw: normalParams,
  energy: ({ matrix, vector }, y) => sum(mul(y, add(times(matrix, y), vector)), 1),
  host: ({ matrix, vector }, y) =>
    total(hostTimes(matrix, y).map((value, k) => y[k]! * (value + vector[k]!))),
}

/** $\sum_k (-1)^k \tanh(2 M y + v)_k$: a network of two layers, with several minima. */
export const twoLayers: SmallEnergy = {
  name: 'two layers',
  draw: normalParams,
  energy({ matrix, vector }, y) {
    const signs = ndarray(
      Float32Array.from(y.shape[1] === undefined ? [] : alternating(y.shape[1])),
    )
    return sum(mul(tanh(add(mul(2, times(matrix, y)), vector)), constant(signs)), 1)
  },
  host({ matrix, vector }, y) {
    const signs = alternating(y.length)
    return total(
      hostTimes(matrix, y).map((value, k) => signs[k]! * Math.tanh(2 * value + vector[k]!)),
    )
  },
}

/** The energies whose minimum is known. */
export const convexEnergies: readonly SmallEnergy[] = [
  interiorQuadratic,
  borderQuadratic,
  softplusOfLinear,
]

/** All of them. */
export const smallEnergies: readonly SmallEnergy[] = [...convexEnergies, pairwise, twoLayers]

/**
 * The least value of a convex energy over a convex set, by 3,000 accelerated projected gradient steps (Nesterov 1983) in float64.
 *
 * @param project - onto the set
 */
export function convexMinimum(
  { host, gradient }: SmallEnergy,
  params: HostParams,
  project: (y: readonly number[]) => readonly number[],
): number {
  if (gradient === undefined) return Number.NaN
  // The norm of M bounds the curvature of the quadratics, its square that of softplus; take a margin over both.
  const norm = Math.sqrt(total(params.matrix.map((value) => value * value)))
  const step = 1 / (1 + norm + norm * norm)
  let y = project(params.vector.map(() => 0.5))
  let ahead = y
  let weight = 1
  for (let i = 0; i < 3000; i++) {
    const slopes = gradient(params, ahead)
    const next = project(ahead.map((value, k) => value - step * slopes[k]!))
    const nextWeight = (1 + Math.sqrt(1 + 4 * weight * weight)) / 2
    const last = y
    ahead = next.map((value, k) => value + ((weight - 1) / nextWeight) * (value - last[k]!))
    y = next
    weight = nextWeight
  }
  return host(params, y)
}

/** The nearest point of the unit box. */
export function hostProjectBox(y: readonly number[]): readonly number[] {
  return y.map((value) => Math.min(1, Math.max(0, value)))
}

/** The nearest point of a simplex at each position, `classes` numbers each, by bisection of the threshold. */
export function hostProjectSimplex(y: readonly number[], classes: number): readonly number[] {
  return Array.from({ length: y.length / classes }, (_, position) => {
    const part = y.slice(position * classes, (position + 1) * classes)
    let low = Math.min(...part) - 1
    let high = Math.max(...part)
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2
      if (total(part.map((value) => Math.max(0, value - middle))) > 1) low = middle
      else high = middle
    }
    return part.map((value) => Math.max(0, value - high))
  }).flat()
}

function quadratic(name: string, low: number, high: number): SmallEnergy {
  return {
    name,
    draw(random, rows, size) {
      const matrix = new Float32Array(rows * size * size)
      for (let row = 0; row < rows; row++) {
        const root = random.normals([size, size]).data
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            let value = i === j ? 0.5 : 0
            for (let k = 0; k < size; k++)
              value += (root[i * size + k]! * root[j * size + k]!) / size
            matrix[(row * size + i) * size + j] = value
          }
      }
      return {
        matrix: ndarray(matrix, [rows, size, size]),
        vector: random.uniforms([rows, size], low, high),
      }
    },
    energy({ matrix, vector }, y) {
      const apart = sub(y, vector)
      return mul(0.5, sum(mul(apart, times(matrix, apart)), 1))
    },
    host({ matrix, vector }, y) {
      const apart = y.map((value, k) => value - vector[k]!)
      return total(hostTimes(matrix, apart).map((value, k) => 0.5 * value * apart[k]!))
    },
    gradient: ({ matrix, vector }, y) =>
      hostTimes(
        matrix,
        y.map((value, k) => value - vector[k]!),
      ),
  }
}

function normalParams(random: Random, rows: number, size: number): SmallParams<NDArray> {
  return { matrix: random.normals([rows, size, size]), vector: random.normals([rows, size]) }
}

function times(matrix: Tensor, y: Tensor): Tensor {
  return squeeze(matMul(matrix, reshape(y, [...y.shape, 1])), [2])
}

function hostTimes(matrix: readonly number[], y: readonly number[]): number[] {
  return y.map((_, i) => total(y.map((value, j) => matrix[i * y.length + j]! * value)))
}

function alternating(length: number): readonly number[] {
  return Array.from({ length }, (_, k) => (k % 2 === 0 ? 1 : -1))
}

function total(values: readonly number[]): number {
  return values.reduce((subtotal, value) => subtotal + value, 0)
}

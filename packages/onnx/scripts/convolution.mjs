// Measures convolutions on the compiled engine and in PyTorch: each of the three products of a layer, thirty steps of inference in a value
// network and the gradient of its training step. The rules by size in `src/kernels/convolution` come from it. As the engine's workers do,
// two processes of one thread take half of the batch each; PyTorch has two threads (the environment variable PYTHON names its Python).
//
//   npx tsc -b packages/onnx/tsconfig.build.json
//   node packages/onnx/scripts/convolution.mjs [--batch 32] [--only inference,training]
import { onnxEngine } from '@deepstruct/onnx'
import {
  add,
  clip,
  concat,
  conv2d,
  grad,
  jit,
  loop,
  matMul,
  mul,
  random,
  relu,
  reshape,
  softplus,
  sum,
  useEngine,
} from '@deepstruct/tensor'
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs, promisify } from 'node:util'

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '32' },
    only: { type: 'string' },
    worker: { type: 'boolean', default: false },
  },
})

const layers = [
  { from: 4, to: 64, stride: 1, size: 32 },
  { from: 64, to: 128, stride: 2, size: 32 },
  { from: 128, to: 128, stride: 2, size: 16 },
]

const draw = random(1)
/** @param {number[]} shape */
const weights = (shape) => {
  const bound = Math.sqrt(3 / shape.slice(0, -1).reduce((a, b) => a * b))
  return draw.uniforms(shape, -bound, bound)
}

/** The score of each image with its mask. */
function score({ kernels, biases, dense, offsets }, image, mask, activation) {
  let h = concat([image, mask], 3)
  for (const [i, { stride }] of layers.entries())
    h = activation(add(conv2d(h, kernels[i], { stride }), biases[i]))
  h = reshape(h, [h.shape[0], -1])
  for (const [i, w] of dense.entries()) {
    h = add(matMul(h, w), offsets[i])
    if (i < dense.length - 1) h = activation(h)
  }
  return h
}

const parameters = {
  kernels: layers.map(({ from, to }) => weights([5, 5, from, to])),
  biases: layers.map(({ to }) => draw.normals([to])),
  dense: [weights([8192, 384]), weights([384, 192]), weights([192, 1])],
  offsets: [draw.normals([384]), draw.normals([192]), draw.normals([1])],
}

/** What is measured, for a number of rows. @param {number} rows */
function cases(rows) {
  const image = draw.normals([rows, 32, 32, 3])
  const mask = draw.uniforms([rows, 32, 32, 1])
  const all = {}
  for (const { from, to, stride, size } of layers) {
    const name = `${from} to ${to}, stride ${stride}`
    const x = draw.normals([rows, size, size, from])
    const w = weights([5, 5, from, to])
    const dy = draw.normals([rows, size / stride, size / stride, to])
    const forward = (a, b) => conv2d(a, b, { stride })
    const product = (a, b, c) => sum(mul(forward(a, b), c))
    const run = (fn, ...args) => {
      const compiled = jit(fn)
      return () => compiled(...args)
    }
    all[`${name}: forward`] = run(forward, x, w)
    all[`${name}: gradient at the input`] = run(
      (a, b, c) => grad((v) => product(v, b, c))(a),
      x,
      w,
      dy,
    )
    all[`${name}: gradient at the kernel`] = run(
      (a, b, c) => grad((v) => product(a, v, c))(b),
      x,
      w,
      dy,
    )
  }
  for (const [title, activation] of Object.entries({ relu, softplus })) {
    const ascend = jit((p, x, start) =>
      loop(
        30,
        ({ y }) => {
          const slope = grad((v) => sum(score(p, x, v, activation)))(y)
          return { y: clip(add(y, mul(0.1, slope)), 0, 1) }
        },
        { y: start },
      ),
    )
    const slopes = jit((p, x, y) => grad((q) => sum(score(q, x, y, activation)))(p))
    all[`inference, ${title}`] = () => ascend(parameters, image, mask)
    all[`training, ${title}`] = () => slopes(parameters, image, mask)
  }
  const wanted = values.only?.split(',')
  return Object.entries(all).filter(([name]) => wanted?.some((part) => name.includes(part)) ?? true)
}

const python = `
import sys, json, time, torch, torch.nn.functional as F
torch.set_num_threads(2)
rows, wanted = int(sys.argv[1]), sys.argv[2]
layers = [(4, 64, 1, 32), (64, 128, 2, 32), (128, 128, 2, 16)]
act = F.relu
convs = [torch.nn.Conv2d(f, t, 5, s, 2) for f, t, s, _ in layers]
dense = [torch.nn.Linear(8192, 384), torch.nn.Linear(384, 192), torch.nn.Linear(192, 1)]
parameters = [p for m in convs + dense for p in m.parameters()]
def score(x, y):
    h = torch.cat([x, y], 1)
    for c in convs: h = act(c(h))
    h = h.flatten(1)
    for d in dense[:-1]: h = act(d(h))
    return dense[-1](h)
image, mask = torch.randn(rows, 3, 32, 32), torch.rand(rows, 1, 32, 32)
def inference():
    y = mask
    for _ in range(30):
        y = y.detach().requires_grad_(True)
        g, = torch.autograd.grad(score(image, y).sum(), y)
        y = (y.detach() + .1 * g).clamp(0, 1)
adam = torch.optim.Adam(parameters, 1e-6)
def slopes(): return torch.autograd.grad(score(image, mask).sum(), parameters)
def training():
    for p, g in zip(parameters, slopes()): p.grad = g
    adam.step()
def measure(name, f):
    if wanted and not any(w in name for w in wanted.split(',')): return
    f(); times = []
    end = time.perf_counter() + 1
    while len(times) < 3 or time.perf_counter() < end:
        t = time.perf_counter(); f(); times.append(1e3 * (time.perf_counter() - t))
    print(json.dumps([name, min(times), sorted(times)[len(times) // 2]]), flush=True)
for f, t, s, n in layers:
    x, w, dy = torch.randn(rows, f, n, n), torch.randn(t, f, 5, 5), torch.randn(rows, t, n // s, n // s)
    back = lambda *m: torch.ops.aten.convolution_backward(dy, x, w, [t], [s, s], [2, 2], [1, 1], False, [0, 0], 1, m)
    name = f'{f} to {t}, stride {s}'
    with torch.no_grad():
        measure(name + ': forward', lambda: F.conv2d(x, w, None, s, 2))
        measure(name + ': gradient at the input', lambda: back(True, False, False))
        measure(name + ': gradient at the kernel', lambda: back(False, True, False))
for act in (F.relu, F.softplus):
    measure('inference, ' + act.__name__, inference)
    measure('training, ' + act.__name__, slopes)
    measure('training with Adam, ' + act.__name__, training)
`

if (values.worker) {
  useEngine(await onnxEngine({ runtime: 'node', threads: 1 }))
  const all = cases(Number(values.batch))
  process.send(all.map(([name]) => name))
  for (const [, run] of all) {
    await run()
    process.send('ready')
    await once(process, 'message')
    const times = []
    const end = performance.now() + 1000
    while (times.length < 3 || performance.now() < end) {
      const begin = performance.now()
      await run()
      times.push(performance.now() - begin)
    }
    process.send(times.toSorted((a, b) => a - b))
  }
  process.disconnect()
} else await compare()

async function compare() {
  const ours = await measureOurs()
  const theirs = await measureTheirs()
  const ms = (time) => time?.toFixed(1) ?? ''
  const rows = [...new Set([...ours.keys(), ...theirs.keys()])].map((name) => {
    const [a, b] = [ours.get(name), theirs.get(name)]
    const ratio = a && b ? (a.median / b.median).toFixed(2) : ''
    const pair = (each) => (each ? `${ms(each.min)} / ${ms(each.median)}` : '')
    return { case: name, ours: pair(a), PyTorch: pair(b), ratio }
  })
  console.log(`batch ${values.batch}, two cores; ms, min / median`)
  console.table(rows)
}

/** The slower of two processes at each case. */
async function measureOurs() {
  const rest = values.only ? ['--only', values.only] : []
  const args = ['--worker', '--batch', String(Number(values.batch) / 2), ...rest]
  const workers = [0, 1].map(() => fork(import.meta.filename, args))
  const replies = async () =>
    (await Promise.all(workers.map((worker) => once(worker, 'message')))).map(([reply]) => reply)
  const times = new Map()
  const [names] = await replies()
  for (const name of names) {
    await replies()
    const answers = replies()
    for (const worker of workers) worker.send('go')
    const both = await answers
    times.set(name, {
      min: Math.max(...both.map(([first]) => first)),
      median: Math.max(...both.map((sorted) => sorted[sorted.length >> 1])),
    })
  }
  return times
}

async function measureTheirs() {
  try {
    const { stdout } = await promisify(execFile)(process.env['PYTHON'] ?? 'python3', [
      '-c',
      python,
      values.batch,
      values.only ?? '',
    ])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    return new Map(lines.map(([name, min, median]) => [name, { min, median }]))
  } catch (error) {
    console.log(`PyTorch is skipped: ${String(error).split('\n')[0]}`)
    return new Map()
  }
}

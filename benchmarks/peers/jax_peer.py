"""JAX: jit of the form with its own gradients, and of the form with the inner gradient written by hand."""

import os
import sys

from serve import IMAGE_CASES, LABEL_CASES, absent, serve

# XLA makes as many threads as there are processors that it may use, so they are chosen before it starts.
threads = int(sys.argv[1])
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
os.environ["JAX_PLATFORMS"] = "cpu"
try:
    import jax
    import jax.numpy as jnp
    import numpy as np
    from jax import lax
except ImportError as error:
    absent(error)

AUTOGRAD, BY_HAND = "jax-jit-autograd", "jax-jit-handwritten"
WAYS = {**dict.fromkeys(LABEL_CASES, [AUTOGRAD, BY_HAND]), **dict.fromkeys(IMAGE_CASES, [AUTOGRAD])}


def gradient(energy):
    return jax.grad(lambda y, *rest: energy(y, *rest).sum())


def descend(slope, size, steps, y, *rest):
    """Projected gradient descent."""
    return lax.fori_loop(0, steps, lambda _, at: jnp.clip(at - size * slope(at, *rest), 0, 1), y)


# ---- label energies


def features(p, x, masks=None):
    m = masks or (1, 1, 1)
    h = jax.nn.relu((x * m[0] if masks else x) @ p["w1"] + p["b1"])
    h = jax.nn.relu((h * m[1] if masks else h) @ p["w2"] + p["b2"])
    return (h * m[2] if masks else h) @ p["w3"] + p["b3"]


def spen_energy(y, logits, p):
    return (jax.nn.softplus(y @ p["measure"]) @ p["weigh"])[:, 0] - (logits * y).sum(1)


def spen_slope(y, logits, p):
    return (jax.nn.sigmoid(y @ p["measure"]) * p["weigh"][:, 0]) @ p["measure"].T - logits


def spen_inference(s, by_hand):
    slope = spen_slope if by_hand else gradient(spen_energy)

    def run(p, x):
        logits = features(p, x)
        return descend(slope, s["stepSize"], s["steps"], jnp.full_like(logits, 0.5), logits, p)

    return run


def dvn_inference(s, by_hand):
    def value(y, u, p):
        return jax.nn.sigmoid((u * y).sum(1) + (jax.nn.softplus(y @ p["measure"]) @ p["weigh"])[:, 0])

    def slope_by_hand(y, u, p):
        m = y @ p["measure"]
        v = jax.nn.sigmoid((u * y).sum(1) + (jax.nn.softplus(m) @ p["weigh"])[:, 0])
        return (v * (1 - v))[:, None] * (u + (jax.nn.sigmoid(m) * p["weigh"][:, 0]) @ p["measure"].T)

    slope = slope_by_hand if by_hand else gradient(value)

    def run(p, x):
        u = jax.nn.softplus(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]
        return descend(slope, -s["stepSize"], s["steps"], jnp.zeros_like(u), u, p)

    return run


def ssvm_loss(s, by_hand):
    def augmented(y, logits, p, truth):
        return spen_energy(y, logits, p) - ((y - truth) ** 2).sum(1)

    def slope_by_hand(y, logits, p, truth):
        return spen_slope(y, logits, p) - 2 * (y - truth)

    slope = slope_by_hand if by_hand else gradient(augmented)

    def loss(p, key, x, truth):
        masks = None
        if "dropInput" in s:
            keeps = (1 - s["dropInput"], 1 - s["dropHidden"], 1 - s["dropHidden"])
            widths = (x.shape[1], p["w1"].shape[1], p["w2"].shape[1])
            keys = jax.random.split(key, 3)
            masks = [
                jax.random.bernoulli(k, keep, (len(x), width)) / keep for k, keep, width in zip(keys, keeps, widths)
            ]
        logits = features(p, x, masks)
        fixed = lax.stop_gradient((logits, p))
        y = descend(slope, s["stepSize"], s["steps"], jnp.full_like(logits, 0.5), *fixed, truth)
        y = lax.stop_gradient(y)
        cost = ((y - truth) ** 2).sum(1)
        return jax.nn.relu(cost + spen_energy(truth, logits, p) - spen_energy(y, logits, p)).mean()

    return loss


def end_to_end_loss(s, by_hand):
    steps, size = s["steps"], s["stepSize"]
    weights = jnp.array([1 / (steps - t) for t in range(steps)])
    slope = spen_slope if by_hand else gradient(spen_energy)

    def loss(p, key, x, truth):
        logits = features(p, x)

        def step(z, weight):
            y = jax.nn.sigmoid(z)
            z = z - size * slope(y, logits, p) * y * (1 - y)
            q = jnp.clip(jax.nn.sigmoid(z), 1e-7, 1 - 1e-7)
            return z, -weight * (truth * jnp.log(q) + (1 - truth) * jnp.log(1 - q)).sum(1)

        _, losses = lax.scan(step, jnp.zeros_like(logits), weights)
        return (losses.sum(0) / weights.sum()).mean()

    return loss


# ---- convolutions


def value(p, x, y):
    h = jnp.concatenate([x, y], 3)
    for i, stride in ((1, 1), (2, 2), (3, 2)):
        h = lax.conv_general_dilated(
            h, p[f"k{i}"], (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        h = jax.nn.relu(h + p[f"c{i}"])
    h = h.reshape(len(h), -1)
    h = jax.nn.relu(h @ p["w1"] + p["b1"])
    h = jax.nn.relu(h @ p["w2"] + p["b2"])
    return (h @ p["w3"] + p["b3"])[:, 0]


def convolution_inference(s, steps):
    slope = gradient(lambda y, p, x: value(p, x, y))
    return lambda p, x: descend(slope, -s["stepSize"], steps, jnp.zeros_like(x[..., :1]), p, x)


def convolution_loss(s, by_hand):
    def loss(p, key, x, y, values):
        z = value(p, x, y)
        return (jax.nn.softplus(z) - values * z).mean()

    return loss


# ---- cells


def inference_cell(run, p, x, check=None):
    run = jax.jit(run)
    check = jax.jit(check) if check else run
    return lambda: np.asarray(check(p, x)), lambda: lambda: run(p, x).block_until_ready()


def training(loss, parameters, s):
    """Starts training afresh: a function from a batch to its loss."""

    def update(state, *batch):
        p, m, v, t, key = state
        key, own = jax.random.split(key)
        value, g = jax.value_and_grad(loss)(p, own, *batch)
        if "clipNorm" in s:
            norm = jnp.sqrt(sum((a**2).sum() for a in jax.tree.leaves(g)))
            g = jax.tree.map(lambda a: a * jnp.minimum(1, s["clipNorm"] / (norm + 1e-30)), g)
        t = t + 1
        m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
        v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
        scale, root = s["rate"] / (1 - 0.9**t), 1 / (1 - 0.999**t)
        p = jax.tree.map(lambda a, b, c: a - scale * b / (jnp.sqrt(c * root) + 1e-8), p, m, v)
        return (p, m, v, t, key), value

    update = jax.jit(update, donate_argnums=0)

    def start():
        zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
        # The state is donated at each step, so the parameters are copied.
        held = [(jax.tree.map(jnp.array, parameters), zeros(), zeros(), jnp.float32(0), jax.random.key(0))]

        def step(*batch):
            held[0], value = update(held[0], *batch)
            jax.block_until_ready(held[0])
            return float(value)

        return step

    return start


def training_cell(start, batch):
    def check():
        step = start()
        return np.array([step(*batch) for _ in range(5)])

    def measured():
        step = start()
        return lambda: step(*batch)

    return check, measured


def epoch_cell(start, x, y, order, rows):
    def epoch(step, order):
        parts = [order[i : i + rows] for i in range(0, len(order), rows)]
        return sum(len(part) * step(x[part], y[part]) for part in parts) / len(order)

    def measured():
        step, source = start(), np.random.default_rng(0)
        return lambda: epoch(step, source.permutation(len(x)))

    return lambda: np.array([epoch(start(), order)]), measured


def build(case, batch, engine, arrays, s):
    by_hand = engine == BY_HAND
    p = {n: jnp.asarray(a) for n, a in arrays.items() if n not in ("x", "y", "values", "order")}
    losses = {"end-to-end-step": end_to_end_loss, "convolution-step": convolution_loss}
    loss = losses.get(case, ssvm_loss)(s, by_hand)
    if case == "bibtex-epoch":
        start = training(loss, p, s)
        # Rows are gathered by NumPy: faster than by JAX on a processor.
        return epoch_cell(start, arrays["x"], arrays["y"], arrays["order"], batch)
    x = jnp.asarray(arrays["x"][:batch])
    if case == "spen-inference":
        return inference_cell(spen_inference(s, by_hand), p, x)
    if case == "dvn-inference":
        return inference_cell(dvn_inference(s, by_hand), p, x)
    if case == "convolution-inference":
        run, check = (convolution_inference(s, steps) for steps in (s["steps"], s["comparedSteps"]))
        return inference_cell(run, p, x, check)
    rest = [jnp.asarray(arrays[n][:batch]) for n in ("y", "values") if n in arrays]
    return training_cell(training(loss, p, s), (x, *rest))


serve(WAYS, {"JAX": jax.__version__}, build)

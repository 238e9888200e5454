"""PyTorch: eager with its autograd, torch.compile of the same, and both again with the inner gradient written by hand."""

import platform
import sys

from serve import IMAGE_CASES, LABEL_CASES, absent, serve

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as error:
    absent(error)

AUTOGRAD, COMPILED = "torch-eager-autograd", "torch-compile-autograd"
BY_HAND, COMPILED_BY_HAND = "torch-eager-handwritten", "torch-compile-handwritten"
CHANNELS_LAST = "torch-eager-channels-last"
WAYS = {
    **dict.fromkeys(LABEL_CASES, [AUTOGRAD, COMPILED, BY_HAND, COMPILED_BY_HAND]),
    **dict.fromkeys(IMAGE_CASES, [AUTOGRAD, CHANNELS_LAST, COMPILED]),
    "adversarial-step": [AUTOGRAD, CHANNELS_LAST],
}


def gradient(energy, engine):
    """The gradient at y of a sum of energies, in the form that the engine can take."""
    if engine in (AUTOGRAD, CHANNELS_LAST):

        def by_autograd(y, *rest):
            with torch.enable_grad():
                leaf = y.detach().requires_grad_(True)
                return torch.autograd.grad(energy(leaf, *rest).sum(), leaf)[0]

        return by_autograd
    return torch.func.grad(lambda y, *rest: energy(y, *rest).sum())


def prepared(fn, engine):
    return torch.compile(fn, dynamic=False, fullgraph=True) if engine in (COMPILED, COMPILED_BY_HAND) else fn


# ---- label energies


def features(p, x, masks=None):
    h = x if masks is None else x * masks[0]
    h = torch.relu(torch.addmm(p["b1"], h, p["w1"]))
    h = h if masks is None else h * masks[1]
    h = torch.relu(torch.addmm(p["b2"], h, p["w2"]))
    h = h if masks is None else h * masks[2]
    return torch.addmm(p["b3"], h, p["w3"])


def spen_energy(y, logits, p):
    return (F.softplus(y @ p["measure"]) @ p["weigh"])[:, 0] - (logits * y).sum(1)


def spen_slope(y, logits, p):
    return (torch.sigmoid(y @ p["measure"]) * p["weigh"][:, 0]) @ p["measure"].T - logits


def spen_inference(p, x, s, engine):
    slope = spen_slope if "handwritten" in engine else gradient(spen_energy, engine)
    steps, size = s["steps"], s["stepSize"]

    def plain(x):
        logits = features(p, x)
        y = torch.full_like(logits, 0.5)
        for _ in range(steps):
            y = (y - size * slope(y, logits, p)).clamp(0, 1)
        return y

    across = p["measure"]
    back = (p["weigh"] * p["measure"].T * -size).contiguous()

    def in_place(x):
        push = features(p, x).mul_(size)
        y = torch.full_like(push, 0.5)
        for _ in range(steps):
            turn = torch.sigmoid_(y @ across)
            y.add_(push).addmm_(turn, back).clamp_(0, 1)
        return y

    return in_place if engine == BY_HAND else prepared(plain, engine)


def dvn_inference(p, x, s, engine):
    steps, size = s["steps"], s["stepSize"]

    def encode(x):
        return torch.addmm(p["b2"], F.softplus(torch.addmm(p["b1"], x, p["w1"])), p["w2"])

    def value(y, u):
        return torch.sigmoid((u * y).sum(1) + (F.softplus(y @ p["measure"]) @ p["weigh"])[:, 0])

    def slope_by_hand(y, u):
        m = y @ p["measure"]
        v = torch.sigmoid((u * y).sum(1) + (F.softplus(m) @ p["weigh"])[:, 0])
        return (v * (1 - v))[:, None] * torch.addmm(u, torch.sigmoid(m) * p["weigh"][:, 0], p["measure"].T)

    slope = slope_by_hand if "handwritten" in engine else gradient(value, engine)

    def plain(x):
        u = encode(x)
        y = torch.zeros_like(u)
        for _ in range(steps):
            y = (y + size * slope(y, u)).clamp(0, 1)
        return y

    return prepared(plain, engine)


def ssvm_loss(s, engine):
    def augmented(y, logits, p, truth):
        return spen_energy(y, logits, p) - ((y - truth) ** 2).sum(1)

    def slope_by_hand(y, logits, p, truth):
        return spen_slope(y, logits, p) - 2 * (y - truth)

    slope = slope_by_hand if "handwritten" in engine else gradient(augmented, engine)

    def loss(p, x, truth):
        masks = None
        if "dropInput" in s:
            ones = torch.ones
            rates = (s["dropInput"], s["dropHidden"], s["dropHidden"])
            widths = (x.shape[1], p["w1"].shape[1], p["w2"].shape[1])
            masks = [F.dropout(ones(len(x), width), rate) for width, rate in zip(widths, rates)]
        logits = features(p, x, masks)
        fixed = {name: p[name].detach() for name in ("measure", "weigh")}
        with torch.no_grad():
            y = torch.full_like(logits, 0.5)
            for _ in range(s["steps"]):
                y = (y - s["stepSize"] * slope(y, logits.detach(), fixed, truth)).clamp(0, 1)
        cost = ((y - truth) ** 2).sum(1)
        return torch.relu(cost + spen_energy(truth, logits, p) - spen_energy(y, logits, p)).mean()

    return prepared(loss, engine)


def end_to_end_loss(s, engine):
    steps, size = s["steps"], s["stepSize"]
    weights = [1 / (steps - t) for t in range(steps)]

    if "handwritten" in engine:
        slope = spen_slope
    elif engine == AUTOGRAD:

        def slope(y, logits, p):
            return torch.autograd.grad(spen_energy(y, logits, p).sum(), y, create_graph=True)[0]

    else:
        slope = gradient(spen_energy, engine)

    def loss(p, x, truth):
        logits = features(p, x)
        z = torch.zeros_like(logits)
        y = torch.full_like(logits, 0.5).requires_grad_(engine == AUTOGRAD)
        total = 0
        for weight in weights:
            z = z - size * slope(y, logits, p) * y * (1 - y)
            y = torch.sigmoid(z)
            q = y.clamp(1e-7, 1 - 1e-7)
            total = total - weight * (truth * q.log() + (1 - truth) * (1 - q).log()).sum(1)
        return (total / sum(weights)).mean()

    return prepared(loss, engine)


# ---- convolutions


def symmetric(a):
    """Our 'same' padding with stride 2 puts the odd zero at the end, PyTorch's at the beginning: mirrored images make the two the same."""
    arrays = dict(a)
    for name in ("x", "y"):
        if name in a:
            arrays[name] = a[name][:, ::-1, ::-1].transpose(0, 3, 1, 2)
    for name in ("k1", "k2", "k3"):
        arrays[name] = a[name][::-1, ::-1].transpose(3, 2, 0, 1)
    flat = a["w1"].reshape(8, 8, 128, -1)[::-1, ::-1]
    arrays["w1"] = flat.transpose(2, 0, 1, 3).reshape(8 * 8 * 128, -1)
    return arrays


def value(p, x, y):
    h = torch.cat([x, y], 1)
    h = torch.relu(F.conv2d(h, p["k1"], p["c1"], padding=2))
    h = torch.relu(F.conv2d(h, p["k2"], p["c2"], stride=2, padding=2))
    h = torch.relu(F.conv2d(h, p["k3"], p["c3"], stride=2, padding=2)).flatten(1)
    h = torch.relu(torch.addmm(p["b1"], h, p["w1"]))
    h = torch.relu(torch.addmm(p["b2"], h, p["w2"]))
    return torch.addmm(p["b3"], h, p["w3"])[:, 0]


def convolution_inference(p, x, s, engine):
    one = prepared(gradient(lambda y, x: value(p, x, y), engine), engine)

    def run(x, steps=s["steps"]):
        y = torch.zeros_like(x[:, :1])
        for _ in range(steps):
            y = (y + s["stepSize"] * one(y, x)).clamp(0, 1)
        return y

    return run


def convolution_loss(s, engine):
    def loss(p, x, y, values):
        return F.binary_cross_entropy_with_logits(value(p, x, y), values)

    return prepared(loss, engine)


# ---- adversarial training


def mirrored(a):
    """As `symmetric`, for all arrays of a segmenter and its adversary."""
    arrays = {name: k[::-1, ::-1].transpose(3, 2, 0, 1) if k.ndim == 4 else k for name, k in a.items()}
    arrays["x"] = a["x"][:, ::-1, ::-1].transpose(0, 3, 1, 2)
    arrays["y"] = a["y"][:, None, ::-1, ::-1]
    return arrays


def segment(p, x):
    fine = torch.relu(F.conv2d(x, p["f0"], p["fb0"], padding=2))
    middle = torch.relu(F.conv2d(fine, p["f1"], p["fb1"], stride=2, padding=2))
    h = torch.relu(F.conv2d(middle, p["f2"], p["fb2"], stride=2, padding=2))
    for i, level in enumerate((middle, fine)):
        up = F.conv_transpose2d(h, p[f"u{i}"], p[f"ub{i}"], stride=2, padding=1)
        h = torch.relu(up + F.conv2d(level, p[f"s{i}"], p[f"sb{i}"]))
    return F.conv2d(h, p["o0"], p["ob0"], padding=1)


def judge(p, x, y):
    h = F.leaky_relu(F.conv2d(torch.cat([x, 1 - y, y], 1), p["d0"], p["db0"]), 0.2)
    for i in (1, 2):
        # What stride 2 leaves over is at the end for us, so here at the beginning.
        rest = (h.shape[2] - 5) % 2
        h = F.leaky_relu(F.conv2d(h[:, :, rest:, rest:], p[f"d{i}"], p[f"db{i}"], stride=2), 0.2)
    return F.conv2d(h, p["d3"], p["db3"]).mean((1, 2, 3))


def adversarial_training(parameters, s):
    def start():
        p = {name: array.clone().requires_grad_() for name, array in parameters.items()}
        of = {who: [a for n, a in p.items() if (n[0] == "d") == (who == "judge")] for who in ("judge", "segment")}
        adams = {who: torch.optim.Adam(arrays, lr=s["rate"], fused=True) for who, arrays in of.items()}

        def move(who, loss):
            grads = torch.autograd.grad(loss, of[who])
            for array, grad in zip(of[who], grads):
                array.grad = grad
            adams[who].step()

        def step(x, y):
            with torch.no_grad():
                made = torch.sigmoid(segment(p, x))
                right = (y * made + (1 - y) * (1 - made)).clamp_min(s["truthMass"])
                shown = y * right + (1 - y) * (1 - right)
            first = (F.softplus(-judge(p, x, shown)) + F.softplus(judge(p, x, made))).mean()
            move("judge", first)
            logits = segment(p, x)
            fooled = F.softplus(-judge(p, x, torch.sigmoid(logits))).mean()
            move("segment", F.binary_cross_entropy_with_logits(logits, y) + s["weight"] * fooled)
            return first.detach()

        return step

    return start


# ---- cells


def inference_cell(run, x, check=None):
    def call():
        with torch.no_grad():
            return run(x)

    def values():
        if check is None:
            return call().numpy()
        with torch.no_grad():
            return check(x).numpy()

    return values, lambda: call


def training(loss, parameters, s, unpack=lambda step: step):
    """Starts training afresh: a function from a batch to its loss."""

    def start():
        p = {name: array.clone().requires_grad_() for name, array in parameters.items()}
        optimizer = torch.optim.Adam(p.values(), lr=s["rate"], fused=True)

        def step(*batch):
            optimizer.zero_grad(set_to_none=True)
            value = loss(p, *batch)
            value.backward()
            if "clipNorm" in s:
                torch.nn.utils.clip_grad_norm_(p.values(), s["clipNorm"], foreach=True)
            optimizer.step()
            return value.detach()

        return step

    return start


def training_cell(start, batch):
    def check():
        step = start()
        return np.array([float(step(*batch)) for _ in range(5)])

    def measured():
        step = start()
        return lambda: float(step(*batch))

    return check, measured


def epoch_cell(start, x, y, order, rows):
    def epoch(step, order):
        total = 0.0
        for i in range(0, len(order), rows):
            part = order[i : i + rows]
            total += len(part) * float(step(x[part], y[part]))
        return total / len(order)

    def measured():
        step = start()
        return lambda: epoch(step, torch.randperm(len(x)))

    return lambda: np.array([epoch(start(), order)]), measured


def build(case, batch, engine, arrays, s):
    convolutional = case.startswith("convolution")
    if convolutional:
        arrays = symmetric(arrays)
    if case == "adversarial-step":
        arrays = mirrored(arrays)
    t = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    if engine == CHANNELS_LAST:
        t = {n: a.to(memory_format=torch.channels_last) if a.dim() == 4 else a for n, a in t.items()}
    p = {n: a for n, a in t.items() if n not in ("x", "y", "values", "order")}
    if case == "adversarial-step":
        return training_cell(adversarial_training(p, s), (t["x"], t["y"]))
    x = t["x"][:batch] if case != "bibtex-epoch" else t["x"]
    if case == "spen-inference":
        return inference_cell(spen_inference(p, x, s, engine), x)
    if case == "dvn-inference":
        return inference_cell(dvn_inference(p, x, s, engine), x)
    if case == "convolution-inference":
        run = convolution_inference(p, x, s, engine)

        def check(x):
            return run(x, s["comparedSteps"]).permute(0, 2, 3, 1).flip(1, 2).contiguous()

        return inference_cell(run, x, check)
    if case == "convolution-step":
        return training_cell(training(convolution_loss(s, engine), p, s), (x, t["y"], t["values"]))
    loss = end_to_end_loss(s, engine) if case == "end-to-end-step" else ssvm_loss(s, engine)
    start = training(loss, p, s)
    if case == "bibtex-epoch":
        return epoch_cell(start, x, t["y"], t["order"].long(), batch)
    return training_cell(start, (x, t["y"][:batch]))


torch.set_num_threads(int(sys.argv[1]))
serve(WAYS, {"Python": platform.python_version(), "PyTorch": torch.__version__, "NumPy": np.__version__}, build)

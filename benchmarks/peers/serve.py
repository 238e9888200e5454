"""How a peer is asked: one JSON object a line on stdin, one answer a line on stdout; times are taken in here."""

import json
import os
import sys
import time


def absent(error):
    """Says why this peer cannot be asked."""
    print(json.dumps({"error": str(error)}), flush=True)
    sys.exit()


try:
    import numpy as np
except ImportError as error:
    absent(error)


# The cases of label vectors, and those of images.
LABEL_CASES = [
    "spen-inference",
    "dvn-inference",
    "ssvm-step",
    "ssvm-step-dropout",
    "end-to-end-step",
    "bibtex-epoch",
]
IMAGE_CASES = ["convolution-inference", "convolution-step"]


def load(folder):
    """The arrays and settings of a case."""
    with open(os.path.join(folder, "list.json")) as file:
        listed = json.load(file)
    arrays = {
        name: np.fromfile(os.path.join(folder, name + ".bin"), dtype=entry["dtype"]).reshape(entry["shape"])
        for name, entry in listed["arrays"].items()
    }
    return arrays, listed["settings"]


def times_of(call, limits):
    """Milliseconds of each call, after two that do not count."""
    began = time.perf_counter()
    for _ in range(2):
        if time.perf_counter() - began < limits["longest"] / 2:
            call()
    times = []
    start = time.perf_counter()
    while True:
        begin = time.perf_counter()
        call()
        end = time.perf_counter()
        times.append(1000 * (end - begin))
        spent = end - start
        if len(times) >= limits["calls"] and spent >= limits["seconds"] or spent >= limits["longest"]:
            return times


def serve(ways, versions, build):
    """Answers until stdin ends.

    ways: for each case the engines that can do it. build(case, batch, engine, arrays, settings) gives (check, start): what is compared, as
    an array, and a function that starts afresh and gives the call to measure.
    """
    # What libraries print must not mix with the answers.
    out, sys.stdout = sys.stdout, sys.stderr
    cells, inputs = {}, {}

    def answer(question):
        key = (question["case"], question["batch"], question["engine"])
        if question["do"] == "measure":
            return {"times": times_of(cells[key](), question["limits"])}
        folder = question["folder"]
        if folder not in inputs:
            inputs[folder] = load(folder)
        check, start = build(*key, *inputs[folder])
        began = time.perf_counter()
        values = np.ascontiguousarray(check(), dtype=np.float32)
        first = 1000 * (time.perf_counter() - began)
        file = os.path.join(folder, "-".join(map(str, key)) + ".result")
        values.tofile(file)
        cells[key] = start
        return {"firstMs": first, "values": file}

    print(json.dumps({"ways": ways, "versions": versions}), file=out, flush=True)
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # whatever a library throws becomes a missing row
            reply = {"error": f"{type(error).__name__}: {error}".split("\n")[0][:300]}
        print(json.dumps(reply), file=out, flush=True)

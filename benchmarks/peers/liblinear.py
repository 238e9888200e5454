"""Trains LIBLINEAR (scikit-learn) on each label of a multi-label svmlight file, and prints what it took as JSON.

    python3 liblinear.py FILE TOLERANCE
"""

import json
import sys
import time

try:
    import numpy
    import sklearn
    from sklearn.datasets import load_svmlight_file
    from sklearn.svm import LinearSVC
except ImportError as error:
    print(json.dumps({"error": str(error)}))
    sys.exit(0)

path, tolerance = sys.argv[1], float(sys.argv[2])
features, labels = load_svmlight_file(path, multilabel=True)
# LIBLINEAR takes 32-bit indices only.
features.indices, features.indptr = features.indices.astype(numpy.int32), features.indptr.astype(numpy.int32)
count = 1 + int(max(max(row, default=0) for row in labels))
results = {}
for loss in ["hinge", "squared_hinge"]:
    seconds = 0.0
    objective = 0.0
    for label in range(count):
        target = numpy.array([1 if label in row else -1 for row in labels])
        model = LinearSVC(loss=loss, dual=True, C=1, tol=tolerance, max_iter=100_000, intercept_scaling=1, random_state=0)
        began = time.perf_counter()
        model.fit(features, target)
        seconds += time.perf_counter() - began
        w, b = model.coef_[0], model.intercept_[0]
        hinge = numpy.maximum(0, 1 - target * (features @ w + b))
        objective += 0.5 * (w @ w + b * b) + (hinge ** (2 if loss == "squared_hinge" else 1)).sum()
    results[loss.replace("_", " ")] = {"seconds": seconds, "objective": float(objective)}
print(json.dumps({"version": sklearn.__version__, "labels": count, "results": results}))

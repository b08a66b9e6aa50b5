"""Linear, logistic and softmax regression by their definitions, in numpy's float64, to hold our linear trainer against.

Usage: linear.py FOLDER

Reads FOLDER/from-typescript.json: cases of examples, weights and a plan, and the weights and outputs that ours came to.
Prints the greatest differences there were, as JSON: {"weights": …, "outputs": …}.
"""

import json
import sys
from pathlib import Path

import numpy


def activated(loss, logits):
    if loss == "sigmoid-cross-entropy":
        return 1 / (1 + numpy.exp(-logits))
    if loss == "softmax-cross-entropy":
        powers = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    return logits


def gradients(case, x, y, kernel, bias):
    """Of the mean loss: over rows for softmax, over all outputs for the others; and of l2 times the kernel's squares."""
    answers = activated(case["loss"], x @ kernel + bias)
    scale = {"softmax-cross-entropy": 1 / len(x), "sigmoid-cross-entropy": 1 / y.size, "mean-squared-error": 2 / y.size}
    errors = (answers - y) * scale[case["loss"]]
    return [x.T @ errors + 2 * case["l2"] * kernel, errors.sum(axis=0)]


def descend(case):
    x = (numpy.array(case["inputs"]) - case["means"]) / case["scales"]
    y = numpy.array(case["targets"])
    weights = [numpy.array(case["kernel"]), numpy.array(case["bias"])]
    first = [weight.copy() for weight in weights]
    added = [numpy.array(case["correction"]["kernel"]), numpy.array(case["correction"]["bias"])]
    memory = [(numpy.zeros_like(weight), numpy.zeros_like(weight)) for weight in weights]
    optimizer = case["optimizer"]
    for step in range(1, case["steps"] + 1):
        slopes = gradients(case, x, y, *weights)
        for i, slope in enumerate(slopes):
            slope = slope + case["proximal"] * (weights[i] - first[i]) + added[i]
            mean, square = memory[i]
            if optimizer["name"] == "sgd":
                mean = optimizer["momentum"] * mean + slope
                move = mean
            else:
                beta1, beta2 = optimizer["beta1"], optimizer["beta2"]
                mean = beta1 * mean + (1 - beta1) * slope
                square = beta2 * square + (1 - beta2) * slope**2
                move = mean / (1 - beta1**step) / (numpy.sqrt(square / (1 - beta2**step)) + optimizer["epsilon"])
            memory[i] = (mean, square)
            weights[i] = weights[i] - optimizer["learningRate"] * move
    return weights, activated(case["loss"], x @ weights[0] + weights[1])


def main(folder):
    found = {"weights": 0.0, "outputs": 0.0}
    for case in json.loads((folder / "from-typescript.json").read_text()):
        (kernel, bias), outputs = descend(case)
        ours = numpy.concatenate([kernel.ravel(), bias]) - case["trained"]
        found["weights"] = max(found["weights"], float(abs(ours).max()))
        found["outputs"] = max(found["outputs"], float(abs(outputs - case["predicted"]).max()))
    print(json.dumps(found))


main(Path(sys.argv[1]))

"""Small PyTorch networks, converted as docs/guides/convert_torch.py does it, and what they answer.

Usage: conversion.py > tests/vectors/pytorch.json

Prints as JSON, for each network, its weights as a safetensors file in a task's names and layouts (base64), inputs as a task has them
(images with channels last), and the outputs of PyTorch.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs" / "guides"))
from convert_torch import flattened, save, tensors_of  # noqa: E402


def stirred(norm):
    """Statistics and scales that are not those of a fresh layer."""
    for tensor, spread in ((norm.running_mean, 1), (norm.weight.data, 1), (norm.bias.data, 1)):
        tensor.copy_(torch.randn_like(tensor) * spread)
    norm.running_var.copy_(torch.rand_like(norm.running_var) + 0.5)
    return norm


class LastAnswer(nn.Module):
    def forward(self, answers):
        return answers[0][:, -1]


def networks():
    dense = nn.Sequential(nn.Linear(5, 7), stirred(nn.BatchNorm1d(7, eps=1e-3)), nn.ReLU(), nn.Linear(7, 3), nn.Softmax(1))
    yield "dense", dense, torch.randn(4, 5), {"dense_1": dense[0], "norm": dense[1], "dense_2": dense[3]}, {}
    images = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), stirred(nn.BatchNorm2d(4, eps=1e-3)),
        nn.Conv2d(4, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 2 * 2, 3), nn.Softmax(1),
    )  # fmt: skip
    layers = {"conv_1": images[0], "norm": images[3], "conv_2": images[4], "head": images[7]}
    head = flattened(tensors_of("head", images[7])["head/kernel"], 5, 2, 2)
    yield "images", images, torch.randn(4, 2, 8, 8), layers, {"head/kernel": head}
    text = nn.Sequential(nn.Embedding(11, 6), nn.LSTM(6, 5, batch_first=True), LastAnswer(), nn.Linear(5, 3), nn.Softmax(1))
    ids = torch.randint(0, 11, (4, 9))
    yield "text", text, ids, {"embedding": text[0], "lstm": text[1], "head": text[3]}, {}


def main():
    torch.manual_seed(7)
    found = {}
    for name, network, inputs, layers, replaced in networks():
        network.eval()
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            path = Path(folder) / "weights.safetensors"
            save(layers, str(path), replaced)
            weights = base64.b64encode(path.read_bytes()).decode()
            outputs = network(inputs)
        given = inputs.permute(0, 2, 3, 1) if inputs.dim() == 4 else inputs
        found[name] = {"weights": weights, "inputs": given.reshape(-1).tolist(), "outputs": outputs.reshape(-1).tolist()}
    print(json.dumps({"torch": torch.__version__, "networks": found}))


main()

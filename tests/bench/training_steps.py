"""Trains the models of tests/training/model-specs.ts in PyTorch on one thread, a line of JSON asked, a line answered.

Asked {"model", "batch", "steps"}: so many steps of plain gradient descent. Answered {"ms"}: processor time of a step.
"""
import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)


def network(name):
    if name == "softmax":
        return nn.Linear(784, 10)
    if name == "2nn":
        return nn.Sequential(
            nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 10)
        )
    if name == "characters":
        return nn.Sequential(
            nn.Embedding(81, 8), nn.Flatten(), nn.Linear(80, 256), nn.ReLU(), nn.Linear(256, 80)
        )
    if name == "lstm":
        return Memory()
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10),
    )


class Memory(nn.Module):
    """An LSTM of 64 units upon 8 numbers for each of 80 characters."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(80, 8)
        self.lstm = nn.LSTM(8, 64, batch_first=True)
        self.dense = nn.Linear(64, 80)

    def forward(self, ids):
        told, _ = self.lstm(self.embedding(ids))
        return self.dense(told[:, -1])


def examples(name, count):
    if name == "characters":
        return torch.randint(81, (count, 10)), torch.arange(count) % 80
    if name == "lstm":
        return torch.randint(80, (count, 20)), torch.arange(count) % 80
    return torch.rand(count, 784), torch.arange(count) % 10


networks = {}
loss = nn.CrossEntropyLoss()
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    name, batch, steps = asked["model"], asked["batch"], asked["steps"]
    if name not in networks:
        net = network(name)
        networks[name] = net, torch.optim.SGD(net.parameters(), lr=0.01)
    net, descent = networks[name]
    inputs, targets = examples(name, batch * steps)
    started = time.thread_time()
    for step in range(steps):
        rows = slice(step * batch, (step + 1) * batch)
        descent.zero_grad()
        loss(net(inputs[rows]), targets[rows]).backward()
        descent.step()
    print(json.dumps({"ms": (time.thread_time() - started) * 1000 / steps}), flush=True)

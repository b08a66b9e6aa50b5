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
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 10),
    )


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
    inputs = torch.rand(batch * steps, 784)
    targets = torch.arange(batch * steps) % 10
    started = time.thread_time()
    for step in range(steps):
        rows = slice(step * batch, (step + 1) * batch)
        descent.zero_grad()
        loss(net(inputs[rows]), targets[rows]).backward()
        descent.step()
    print(json.dumps({"ms": (time.thread_time() - started) * 1000 / steps}), flush=True)

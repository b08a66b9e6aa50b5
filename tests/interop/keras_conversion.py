"""A small Keras network with every layer that docs/guides/convert_keras.py converts but an embedding and an LSTM, and one with these.

Usage: KERAS_BACKEND=torch keras_conversion.py > tests/vectors/keras.json

Prints as JSON, for each network, its `model` of a task file, its weights as a safetensors file (base64), inputs and what Keras answers.
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import keras
import numpy
from keras import layers

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs" / "guides"))
from convert_keras import save  # noqa: E402


def networks(random):
    images = keras.Sequential(
        [
            layers.Input((8, 8, 2)),
            layers.Conv2D(4, 3, padding="same", activation="relu", name="conv_1"),
            layers.MaxPooling2D(2, name="pool"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(5, name="dense_1"),
            layers.Activation("tanh", name="tanh"),
            layers.Dense(3, activation="softmax", name="head"),
        ]
    )
    yield "images", images, random.standard_normal((4, 8, 8, 2))
    text = keras.Sequential(
        [
            layers.Input((9,)),
            layers.Embedding(11, 6, name="embedding"),
            layers.LSTM(5, name="lstm"),
            layers.Dense(3, activation="softmax", name="head"),
        ]
    )
    yield "text", text, random.integers(0, 11, (4, 9))


def main():
    random = numpy.random.default_rng(7)
    found = {}
    for name, network, inputs in networks(random):
        for weight in network.weights:
            drawn = random.standard_normal(weight.shape)
            weight.assign(drawn**2 + 0.5 if weight.path.endswith("variance") else drawn)
        with tempfile.TemporaryDirectory() as folder:
            model, weights = Path(folder) / "model.json", Path(folder) / "weights.safetensors"
            save(network, model, weights)
            found[name] = {
                "model": json.loads(model.read_text()),
                "weights": base64.b64encode(weights.read_bytes()).decode(),
                "inputs": inputs.reshape(-1).tolist(),
                "outputs": keras.ops.convert_to_numpy(network(inputs, training=False)).reshape(-1).tolist(),
            }
    print(json.dumps({"keras": keras.__version__, "networks": found}))


main()

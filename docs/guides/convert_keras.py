"""A Keras Sequential model as the `model` of a task file, and its weights as a safetensors file.

Needs keras 3 with any backend, numpy and safetensors. `python docs/guides/convert_keras.py` converts a small network as an example.
"""

import json

import keras
import numpy
from safetensors.numpy import save_file

# What a task's topology keeps of a layer's configuration. Everything else of Keras 3 is left behind: initializers, dtypes, build shapes.
KEPT = {
    "Dense": ["units", "activation", "use_bias"],
    "Conv2D": ["filters", "kernel_size", "strides", "padding", "activation", "use_bias"],
    "MaxPooling2D": ["pool_size", "strides", "padding"],
    "Embedding": ["input_dim", "output_dim"],
    "LSTM": ["units", "activation", "recurrent_activation", "use_bias", "return_sequences", "unit_forget_bias"],
    "BatchNormalization": ["axis", "momentum", "epsilon", "center", "scale"],
    "Dropout": ["rate"],
    "Activation": ["activation"],
    "Flatten": [],
    "Reshape": ["target_shape"],
}


def layer_of(layer):
    kind = type(layer).__name__
    if kind not in KEPT:
        raise TypeError(f"{layer.name} is a {kind}, for which no conversion is written here")
    config = layer.get_config()
    own = {key: config[key] for key in KEPT[kind]}
    if kind == "LSTM":
        own["recurrent_initializer"] = "glorotUniform"
    return {"class_name": kind, "config": {"name": layer.name, "trainable": layer.trainable, **own}}


def tensors_of(model):
    """Names and layouts are those of a task already: kernels [in, out] and [height, width, in, out], gates in, forget, cell, out."""
    trained, others = model.trainable_weights, model.non_trainable_weights
    return {"/".join(weight.path.split("/")[-2:]): numpy.asarray(keras.ops.convert_to_numpy(weight)) for weight in [*trained, *others]}


def model_of(model):
    layers = [layer_of(layer) for layer in model.layers]
    layers[0]["config"]["batch_input_shape"] = [None, *model.input_shape[1:]]
    return {
        "format": "tfjs-layers",
        "topology": {"class_name": "Sequential", "config": {"name": model.name, "layers": layers}},
        "tensors": [{"name": name, "shape": list(value.shape), "dtype": "F32"} for name, value in tensors_of(model).items()],
        "initial": {"kind": "import"},
    }


def save(model, task_model_path, weights_path):
    with open(task_model_path, "w") as file:
        json.dump(model_of(model), file)
    tensors = {name: numpy.ascontiguousarray(value, dtype=numpy.float32) for name, value in tensors_of(model).items()}
    save_file(tensors, weights_path)


if __name__ == "__main__":
    network = keras.Sequential(
        [keras.layers.Input((784,)), keras.layers.Dense(64, activation="relu", name="dense_1"), keras.layers.Dense(10, activation="softmax", name="dense_2")]
    )
    save(network, "model.json", "weights.safetensors")
    print("wrote model.json and weights.safetensors")

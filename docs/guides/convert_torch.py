"""Weights of a PyTorch model in the names and layouts of a task, as a safetensors file.

Needs torch and safetensors. `python docs/guides/convert_torch.py` converts a small network as an example.
"""

import torch
from safetensors.torch import save_file
from torch import nn


def tensors_of(name: str, layer: nn.Module) -> dict[str, torch.Tensor]:
    """The tensors of one layer of a task, called `name` there."""
    own = {key: value.detach() for key, value in layer.state_dict().items()}
    if isinstance(layer, nn.Linear):  # [out, in] → [in, out]
        return kernel_and_bias(name, own["weight"].T, own.get("bias"))
    if isinstance(layer, nn.Conv2d):  # [out, in, height, width] → [height, width, in, out]
        return kernel_and_bias(name, own["weight"].permute(2, 3, 1, 0), own.get("bias"))
    if isinstance(layer, nn.Embedding):
        return {f"{name}/embeddings": own["weight"]}
    if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        return {
            f"{name}/gamma": own["weight"],
            f"{name}/beta": own["bias"],
            f"{name}/moving_mean": own["running_mean"],
            f"{name}/moving_variance": own["running_var"],
        }
    if isinstance(layer, nn.LSTM):  # gates in, forget, cell, out in both; one bias where PyTorch has two
        return {
            f"{name}/kernel": own["weight_ih_l0"].T,
            f"{name}/recurrent_kernel": own["weight_hh_l0"].T,
            f"{name}/bias": own["bias_ih_l0"] + own["bias_hh_l0"],
        }
    raise TypeError(f"{name} is a {type(layer).__name__}, for which no conversion is written here")


def kernel_and_bias(name, kernel, bias):
    return {f"{name}/kernel": kernel, **({} if bias is None else {f"{name}/bias": bias})}


def flattened(kernel: torch.Tensor, channels: int, height: int, width: int) -> torch.Tensor:
    """Rows of a dense kernel behind `nn.Flatten` of images: PyTorch counts channels first, a task counts them last."""
    return kernel.reshape(channels, height, width, -1).permute(1, 2, 0, 3).reshape(kernel.shape)


def save(layers: dict[str, nn.Module], path: str, replaced: dict[str, torch.Tensor] | None = None) -> None:
    tensors = {}
    for name, layer in layers.items():
        tensors.update(tensors_of(name, layer))
    tensors.update(replaced or {})
    save_file({name: tensor.contiguous().float() for name, tensor in tensors.items()}, path)


if __name__ == "__main__":
    network = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    save({"dense_1": network[0], "dense_2": network[2]}, "weights.safetensors")
    print("wrote weights.safetensors")

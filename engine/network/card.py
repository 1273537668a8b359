"""Maximum pooling on NVIDIA's cards in 16 bits, by kernels of our own.

torch keeps an index of 8 bytes for each value of 2: at 1024 px its poolings took 22 % of an evaluation on an H200.
The kernels are compiled by NVRTC (https://docs.nvidia.com/cuda/nvrtc/) for the card at hand when they are first needed,
in 0.2 s; torch brings the compiler and its Python interface, cuda-bindings.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.resources import files
from typing import Any

import torch
from torch import Tensor

from engine.network.pooling import Backward

SOURCE = "max_pool.cu"
NAMES = ("max_pool", "max_pool_gradient")

THREADS = 256
"""Of a block."""

CHANNELS = 8
"""That a thread computes."""


def is_available() -> bool:
    """Whether cuda-bindings are here. torch requires them on Linux, not on Windows."""
    try:
        import cuda.bindings.nvrtc  # noqa: F401
    except ImportError:
        return False
    return True


def max_pool_on_card(hidden: Tensor, steps: list[Backward]) -> Tensor:
    """Maximum of 2×2 pixels, as `pooling.max_pool` computes it.

    Args:
        hidden: (N, C, h, w), bfloat16 or float16, in channels_last format on a CUDA device, C a multiple of 8.
        steps: The backward pass so far; its step is appended.
    """
    count, channels, height, width = hidden.shape
    pooled = hidden.new_empty(count, (height + 1) // 2, (width + 1) // 2, channels).permute(0, 3, 1, 2)
    _launch("max_pool", hidden, pooled)

    def backward(gradient: Tensor) -> Tensor:
        result = torch.empty_like(hidden)
        _launch("max_pool_gradient", hidden, gradient.contiguous(memory_format=torch.channels_last), result)
        return result

    steps.append(backward)
    return pooled


def _launch(name: str, hidden: Tensor, *others: Tensor) -> None:
    """Run a kernel on features and what is computed of them; the first of the others has the pooled size."""
    from cuda.bindings import driver

    numbers = [others[0].numel() // CHANNELS, hidden.shape[2], hidden.shape[3], hidden.shape[1] // CHANNELS]
    tensors = [hidden, *others]
    values = (*(tensor.data_ptr() for tensor in tensors), *numbers)
    types = (ctypes.c_void_p,) * len(tensors) + (ctypes.c_uint,) * len(numbers)
    blocks = -(-numbers[0] // THREADS)
    with torch.cuda.device(hidden.device):
        kernel = _kernels(torch.cuda.current_device())[name]
        stream = torch.cuda.current_stream().cuda_stream
        _checked(driver.cuLaunchKernel(kernel, blocks, 1, 1, THREADS, 1, 1, 0, stream, (values, types), 0))


@cache
def _kernels(device: int) -> dict[str, Any]:
    """The kernels by name, on a device, which is the current one."""
    from cuda.bindings import driver

    major, minor = torch.cuda.get_device_capability(device)
    module = _checked(driver.cuModuleLoadData(compiled(f"sm_{major}{minor}")))
    return {name: _checked(driver.cuModuleGetFunction(module, name.encode())) for name in NAMES}


def compiled(architecture: str) -> bytes:
    """Compile the kernels for an architecture such as sm_90. No card is needed.

    Raises:
        RuntimeError: The compiler refused them.
    """
    from cuda.bindings import nvrtc

    source = files("engine.network").joinpath(SOURCE).read_bytes()
    program = _checked(nvrtc.nvrtcCreateProgram(source, SOURCE.encode(), 0, [], []))
    option = f"--gpu-architecture={architecture}".encode()
    _checked(nvrtc.nvrtcCompileProgram(program, 1, [option]))
    binary = bytes(_checked(nvrtc.nvrtcGetCUBINSize(program)))
    _checked(nvrtc.nvrtcGetCUBIN(program, binary))
    _checked(nvrtc.nvrtcDestroyProgram(program))
    return binary


def _checked(answer: tuple[Any, ...]) -> Any:
    """The result of a call of CUDA's libraries; raises RuntimeError where it failed."""
    status, *results = answer
    if int(status):
        raise RuntimeError(f"CUDA refused a kernel: {status.name}.")
    return results[0] if results else None

"""Dequantises with the Python package `gguf`, for gguf-dequantize.oracle.ts.

blocks TYPE IN OUT      bytes of whole blocks, one after the other, to little-endian float32
tensors FILE            every tensor of a GGUF file, likewise: prints name, shape (rows first) and the SHA-256 of its values. The rows
                        of llama's query and key are put back as transformers does (integrations/ggml.py, LlamaTensorProcessor)
"""
import hashlib
import json
import sys

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize


def blocks(name: str, source: str, target: str) -> None:
    kind = GGMLQuantizationType[name]
    # One block a row: numpy views the bytes of each by itself.
    data = np.fromfile(source, dtype=np.uint8).reshape(-1, GGML_QUANT_SIZES[kind][1])
    dequantize(data, kind).astype("<f4").tofile(target)


def tensors(source: str) -> None:
    reader = GGUFReader(source)
    llama = reader.get_field("general.architecture").contents() == "llama"
    for tensor in reader.tensors:
        values = np.ascontiguousarray(dequantize(tensor.data, tensor.tensor_type), dtype="<f4")
        for part, key in ((".attn_q.", "head_count"), (".attn_k.", "head_count_kv")):
            if llama and part in tensor.name:
                heads = int(reader.get_field(f"llama.attention.{key}").contents())
                pairs = values.reshape(heads, values.shape[0] // heads // 2, 2, *values.shape[1:])
                values = np.ascontiguousarray(pairs.swapaxes(2, 1)).reshape(values.shape)
        shape = [int(size) for size in reversed(tensor.shape)]
        print(json.dumps({"name": tensor.name, "shape": shape, "hash": hashlib.sha256(values.tobytes()).hexdigest()}))


if __name__ == "__main__":
    {"blocks": blocks, "tensors": tensors}[sys.argv[1]](*sys.argv[2:])

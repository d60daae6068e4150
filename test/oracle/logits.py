"""Logits of small random models by transformers, for logits.oracle.ts.

Reads from standard input {"cases": [...]}. Each case names a folder, which receives config.json and the weights in safetensors, and
then `logits.f32`: float32 [tokens, vocab] of its texts, one after another, by the weights as saved, computed in float32. Writes to
standard output one object per case, with the inverse frequencies and the factor of its rotary embedding.

  architecture, config    class and arguments of the configuration
  dtype, shard            of the saved weights: float32, bfloat16 or float16; size of a shard, or null for one file
  legacy                  config.json as transformers wrote it before version 5: rope_theta and rope_scaling
  levels                  8 or 4: matrices are moved onto levels that blocks of 32 weights hold without loss (below). Also written
                          then: `rounded.f32`, the logits where activations are rounded to 8 bits before each product
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from small_models import random_model
from transformers import AutoModelForCausalLM

BLOCK = 32

# Products this small only wait for other threads.
torch.set_num_threads(1)


def onto_levels(weight, bits):
    """Each block of 32 along a row becomes a power of two times whole numbers that reach both ends of their range.

    8 bits: -127 to 127. 4 bits: 16 levels around a zero that differs from block to block. Quantising them again loses nothing.
    """
    blocks = weight.reshape(-1, BLOCK)
    zero = torch.full((len(blocks), 1), 127) if bits == 8 else 4 + torch.arange(len(blocks)).reshape(-1, 1) % 8
    least, most = -zero, (zero if bits == 8 else 15 - zero)
    step = 2.0 ** torch.ceil(torch.log2(blocks.abs().amax(1, keepdim=True) / (127 if bits == 8 else 8)))
    levels = torch.minimum(torch.maximum(torch.round(blocks / step), least), most)
    levels[:, 0:1], levels[:, 1:2] = least.float(), most.float()
    return (levels * step).reshape(weight.shape)


class RoundedLinear(torch.nn.Module):
    """A product whose activations are rounded as MLAS rounds them (sqnbitgemm, CompInt8): blocks of 32, the largest on 127 steps."""

    def __init__(self, linear):
        super().__init__()
        self.linear = linear

    def forward(self, x):
        blocks = x.reshape(-1, BLOCK)
        largest = blocks.abs().amax(1, keepdim=True)
        inverse = torch.where(largest == 0, 0.0, 127 / largest)
        return self.linear((torch.round(blocks * inverse) * (largest / 127)).reshape(x.shape))


def round_activations(model):
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Linear):
                setattr(module, name, RoundedLinear(child))


def to_legacy(folder):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    if rope.get("rope_type", "default") != "default":
        config["rope_scaling"] = {"type": rope.pop("rope_type"), **rope}
    path.write_text(json.dumps(config))


def write_logits(model, texts, path):
    with torch.no_grad():
        rows = [model(torch.tensor([text])).logits[0].float().numpy() for text in texts]
    np.concatenate(rows).astype("<f4").tofile(path)


def run(case, seed):
    folder = Path(case["folder"])
    model = random_model(case["architecture"], case["config"], torch.Generator().manual_seed(seed))
    if case["levels"]:
        for name, weight in model.named_parameters():
            if weight.dim() == 2:
                weight.data.copy_(onto_levels(weight.data, case["levels"]))
    model.to(getattr(torch, case["dtype"])).save_pretrained(folder, max_shard_size=case["shard"] or "1GB")
    if case["legacy"]:
        to_legacy(folder)
    # From the files, so that both sides read the same.
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    write_logits(model, case["texts"], folder / "logits.f32")
    rotary = model.model.rotary_emb
    if case["levels"]:
        round_activations(model)
        write_logits(model, case["texts"], folder / "rounded.f32")
    return {"inverse": rotary.inv_freq.tolist(), "scale": float(rotary.attention_scaling)}


json.dump([run(case, seed) for seed, case in enumerate(json.load(sys.stdin)["cases"])], sys.stdout)

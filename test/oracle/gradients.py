"""Losses and gradients of small random models by PyTorch and transformers, for gradients.oracle.ts and lora.oracle.ts.

Reads from standard input {"cases": [{"folder", "architecture", "config", "texts", "weights", "lora"}]}. Into the folder of each
case it writes the model as `save_pretrained` does, and `gradients.f32`: the gradients of

    sum over texts and their places t > 0 of weights[text][t] * -log p(text[t] | text[:t])

one after another, each text read alone, without padding. To standard output, for each case: {"loss", "logprobs": one list per text,
"gradients": [{"name", "shape"}] in the order of the file}.

  lora      null, or {"rank", "alpha", "targets"}: low-rank adapters, drawn at random, both A and B. They are written as `adapters.f32`, in the
            order and shapes of "gradients" ([rank, in] and [out, rank]), and theirs are the only gradients
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from small_models import random_model
from transformers import AutoModelForCausalLM

# Products this small only wait for other threads.
torch.set_num_threads(1)


class Adapted(torch.nn.Module):
    """y = W x + alpha / rank * B A x, with W at rest."""

    def __init__(self, linear, rank, alpha, generator):
        super().__init__()
        self.linear = linear
        self.scale = alpha / rank
        self.lora_A = torch.nn.Parameter(torch.randn(rank, linear.in_features, generator=generator) / linear.in_features**0.5)
        self.lora_B = torch.nn.Parameter(0.1 * torch.randn(linear.out_features, rank, generator=generator))

    def forward(self, x):
        return self.linear(x) + self.scale * torch.nn.functional.linear(torch.nn.functional.linear(x, self.lora_A), self.lora_B)


def adapt(model, lora, generator):
    model.requires_grad_(False)
    for layer in model.model.layers:
        for part in (layer.self_attn, layer.mlp):
            for name in lora["targets"]:
                if hasattr(part, name):
                    setattr(part, name, Adapted(getattr(part, name), lora["rank"], lora["alpha"], generator))


def run(case, seed):
    folder = Path(case["folder"])
    generator = torch.Generator().manual_seed(seed)
    model = random_model(case["architecture"], case["config"], generator)
    model.save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    if case["lora"]:
        adapt(model, case["lora"], generator)
    loss = 0
    logprobs = []
    for text, weights in zip(case["texts"], case["weights"]):
        tokens = torch.tensor([text])
        chosen = torch.log_softmax(model(tokens).logits[0, :-1], -1).gather(1, tokens[0, 1:, None])[:, 0]
        loss = loss - (torch.tensor(weights)[1:] * chosen).sum()
        logprobs.append(chosen.tolist())
    loss.backward()
    trained = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    with open(folder / "gradients.f32", "wb") as file:
        for _, weight in trained:
            file.write(weight.grad.numpy().astype("<f4").tobytes())
    if case["lora"]:
        with open(folder / "adapters.f32", "wb") as file:
            for _, weight in trained:
                file.write(weight.detach().numpy().astype("<f4").tobytes())
    named = [{"name": name.replace(".linear.", "."), "shape": list(weight.shape)} for name, weight in trained]
    return {"loss": loss.item(), "logprobs": logprobs, "gradients": named}


json.dump([run(case, seed) for seed, case in enumerate(json.load(sys.stdin)["cases"])], sys.stdout)

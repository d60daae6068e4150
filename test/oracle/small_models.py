"""Small random models of transformers, for logits.py and gradients.py."""

import torch
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

CLASSES = {
    "llama": (LlamaConfig, LlamaForCausalLM),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM),
}


def random_model(architecture, config, generator):
    """Weights of such sizes that attention attends and every bias and norm is seen in the logits."""
    config_class, model_class = CLASSES[architecture]
    model = model_class(config_class(**config))
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        if "norm" in name:
            noise = 1 + 0.3 * noise
        elif name.endswith("bias"):
            noise = 0.3 * noise
        elif "embed_tokens" not in name:
            noise = 1.2 * noise / weight.shape[1] ** 0.5
        weight.data.copy_(noise)
    return model

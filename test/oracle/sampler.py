"""What transformers' logits processors make of each row, for sampler.oracle.ts.

Reads from standard input {"rows": [{"logits", "penalised", "temperature", "topK", "topP", "minP", "repetitionPenalty"}]}, writes to
standard output [{"tokens": ids that survive, ascending, "probabilities": one each}].

The penalty is computed in float32, as a model's logits are; the rest in float64, so that a running sum next to top-p is not decided by
the rounding of float32. Order as in transformers' generation/utils.py.
"""

import json
import sys

import torch
from transformers.generation.logits_process import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)


def survivors(row):
    ids = torch.tensor([row["penalised"]], dtype=torch.long)
    scores = torch.tensor([row["logits"]], dtype=torch.float32)
    if row["repetitionPenalty"] != 1:
        scores = RepetitionPenaltyLogitsProcessor(float(row["repetitionPenalty"]))(ids, scores)
    scores = TemperatureLogitsWarper(float(row["temperature"]))(ids, scores.double())
    if row["topK"] > 0:
        scores = TopKLogitsWarper(row["topK"])(ids, scores)
    if row["topP"] < 1:
        scores = TopPLogitsWarper(row["topP"])(ids, scores)
    if row["minP"] > 0:
        scores = MinPLogitsWarper(row["minP"])(ids, scores)
    probabilities = torch.softmax(scores[0], dim=-1)
    tokens = torch.nonzero(torch.isfinite(scores[0]))[:, 0]
    return {"tokens": tokens.tolist(), "probabilities": probabilities[tokens].tolist()}


json.dump([survivors(row) for row in json.load(sys.stdin)["rows"]], sys.stdout)

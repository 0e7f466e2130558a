"""Where a small network starts: not from chance, but from which characters keep company.

Embeddings are the leading directions of the positive pointwise mutual information of
characters within a few places of each other (Levy and Goldberg 2014); the answer starts from
how often each character comes. On a short course that saves the first thousands of steps.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from triage.training.pretrain.masking import Tokens

if TYPE_CHECKING:
    from transformers import ModernBertForMaskedLM

_REACH = 4  # places to either side
_SPREAD = 0.05  # standard deviation, above that of the other weights (0.02)
_SMOOTH = 0.75  # rare company counts less (Mikolov 2013)


def warm(model: "ModernBertForMaskedLM", tokens: Tokens, seed: int) -> None:
    """Set the embeddings and the bias of the answers of a fresh network."""
    import torch

    table: torch.Tensor = model.model.embeddings.tok_embeddings.weight
    vocabulary, width = table.shape
    seen = np.bincount(tokens.ids, minlength=vocabulary)
    found = embeddings(tokens, vocabulary, width, seed)
    share = (seen + 1) / (seen.sum() + len(seen))
    with torch.no_grad():
        table[:, : found.shape[1]] = torch.from_numpy(found)
        model.decoder.bias.copy_(torch.from_numpy(np.log(share)))


def embeddings(tokens: Tokens, vocabulary: int, width: int, seed: int) -> NDArray[np.float32]:
    """Return a row for each piece, at most `width` wide."""
    from sklearn.decomposition import TruncatedSVD

    company = _company(tokens, vocabulary)
    size = min(width, vocabulary - 1)
    solver = TruncatedSVD(size, n_iter=3, random_state=seed)
    scores = solver.fit_transform(information(company))
    # The square root of the singular values: neither side of the pairs is favoured.
    rows = scores / np.sqrt(np.maximum(solver.singular_values_, 1e-9))
    scaled: NDArray[np.float32] = (rows * _SPREAD / max(float(rows.std()), 1e-9)).astype(np.float32)
    return scaled


def _company(tokens: Tokens, vocabulary: int) -> csr_matrix:
    """Return how often two pieces stand within reach of each other, specials left out."""
    ids, plain = tokens.ids.astype(np.int64), tokens.words >= 0
    window = np.repeat(np.arange(len(tokens.lengths)), tokens.lengths)
    total = csr_matrix((vocabulary, vocabulary))
    for step in range(1, _REACH + 1):
        near = plain[:-step] & plain[step:] & (window[:-step] == window[step:])
        pair = (ids[:-step][near], ids[step:][near])
        total += csr_matrix((np.ones(len(pair[0])), pair), shape=total.shape)
    return (total + total.T).tocsr()


def information(company: csr_matrix) -> csr_matrix:
    """Return the positive pointwise mutual information of counted pairs."""
    rows = np.asarray(company.sum(axis=1)).ravel()
    smooth = rows**_SMOOTH
    pairs = company.tocoo()
    chance = rows[pairs.row] * smooth[pairs.col] / max(smooth.sum(), 1e-9)
    value = np.maximum(np.log(pairs.data / np.maximum(chance, 1e-12)), 0)
    return csr_matrix((value, (pairs.row, pairs.col)), shape=company.shape)

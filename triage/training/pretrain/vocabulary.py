"""A vocabulary of characters, as a tokenizer in transformers' own format."""

from collections import Counter
from collections.abc import Sequence
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_LONGEST = 10_000
_INNER = "##"  # a letter or a digit that does not begin its run


def characters(texts: Sequence[str], size: int) -> list[str]:
    """Return at most `size` pieces: specials, letters and digits, the commonest characters.

    A character that only one text has teaches nothing and is left out.
    """
    runs = [*ascii_lowercase, *digits]
    fixed = [*SPECIALS, *runs, *(_INNER + char for char in runs)]
    held: Counter[str] = Counter()
    for text in texts:
        held.update(set(text.lower()))
    order = sorted((-n, char) for char, n in held.items() if n > 1 and _is_piece(char))
    return [*fixed, *(char for _, char in order)][:size]


def _is_piece(char: str) -> bool:
    return not char.isspace() and char not in ascii_lowercase and char not in digits


def tokenizer_of(pieces: Sequence[str], window: int) -> "PreTrainedTokenizerBase":
    """Return a fast tokenizer that parts Chinese into characters and Latin runs likewise."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    numbers = {piece: k for k, piece in enumerate(pieces)}
    # A run longer than the limit of WordPiece becomes one unknown piece.
    known = models.WordPiece(numbers, unk_token=SPECIALS[1], max_input_chars_per_word=_LONGEST)
    core = Tokenizer(known)
    core.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    core.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(name, numbers[name]) for name in ("[CLS]", "[SEP]")]
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=ends
    )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    made: PreTrainedTokenizerBase = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=core,
        model_max_length=window,
        model_input_names=["input_ids", "attention_mask"],
        **dict(zip(names, SPECIALS, strict=True)),
    )
    return made

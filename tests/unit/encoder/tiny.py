"""A tiny random encoder in transformers' own format, over single characters."""

from pathlib import Path

LETTERS = (
    "快递等了三天还没发货物流太慢质量很差坏退款客服态度好不错满意谢谢投诉的我你他，。！？abc123"
)
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def characters(letters: str = LETTERS):
    """A tokenizer of `letters`, one token each."""
    from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import WordPiece
    from transformers import PreTrainedTokenizerFast

    words = {word: k for k, word in enumerate([*MARKS, *sorted(set(letters))])}
    inner = Tokenizer(WordPiece(words, unk_token="[UNK]"))
    inner.normalizer = normalizers.BertNormalizer(strip_accents=False)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = zip(("pad", "unk", "cls", "sep", "mask"), MARKS, strict=True)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_max_length=64,
        **{f"{name}_token": mark for name, mark in names},
    )


def tiny_encoder(folder: Path, *, kind: str = "bert", letters: str = LETTERS, seed: int = 0) -> str:
    """Save a random `bert`, `roberta` or `modernbert` of 64 tokens in `folder`; return its path."""
    import torch
    from transformers import AutoConfig, AutoModel

    tokenizer = characters(letters)
    shape = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 66 if kind == "roberta" else 64,
        "pad_token_id": 0,
        "bos_token_id": 2,
        "cls_token_id": 2,
        "eos_token_id": 3,
        "sep_token_id": 3,
    }
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        body = AutoModel.from_config(AutoConfig.for_model(kind, **shape))
    body.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)

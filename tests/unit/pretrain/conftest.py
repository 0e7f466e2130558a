"""Texts enough for a small run: sentences put together from a few parts."""

import json
from itertools import product
from pathlib import Path

import pytest

SUBJECTS = ("快递", "客服", "商家", "师傅", "手机", "耳机", "衣服", "外卖", "酒店", "仓库")
DEEDS = ("太慢了", "态度很好", "质量很差", "没有回复", "送到了", "坏了两次", "退了钱", "少了一件")
ENDS = ("我要退款", "很满意", "怎么办", "再也不买", "谢谢你们", "等了三天", "请处理", "投诉你们")
TAILS = ("", "！！", "abc", "第12次")


def sentences() -> list[str]:
    """2,560 different sentences."""
    return [f"{a}{b}，{c}{d}" for a, b, c, d in product(SUBJECTS, DEEDS, ENDS, TAILS)]


def write(path: Path, texts: list[str], prefix: str = "t") -> None:
    """Write texts as lines of a dataset."""
    rows = (
        {"id": f"{prefix}{k}", "text": text, "issues": None, "sentiment": None, "urgency": None}
        for k, text in enumerate(texts)
    )
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    write(folder / "a.jsonl", sentences())
    return folder

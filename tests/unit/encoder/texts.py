"""A few texts of two labels that a tiny encoder can learn by heart."""

from triage.records import Example

LABELS = ("logistics", "quality")
SAID = (
    ("快递太慢，等了三天还没发货", ("logistics",), 2, 1),
    ("质量很差，坏了", ("quality",), 1, 0),
    ("物流慢，质量差，投诉你", LABELS, 1, 3),
    ("不错，满意，谢谢", (), 5, 0),
)


def example(name, text, issues, sentiment, urgency):
    return Example(name, text, issues, sentiment, urgency)


def sixteen():
    """Sixteen texts, four of each kind, each its own."""
    endings = ("", "。", "！", "，我等")
    return [
        example(f"{k}-{n}", text + end, *known)
        for k, (text, *known) in enumerate(SAID)
        for n, end in enumerate(endings)
    ]

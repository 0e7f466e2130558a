"""The labelling config of our task for Label Studio, written from a taxonomy."""

from itertools import cycle
from xml.sax.saxutils import quoteattr

from triage.datasets.ls_controls import (
    EVIDENCE,
    ISSUES,
    NO_ISSUE,
    NO_ISSUE_CHINESE,
    NO_ISSUE_ENGLISH,
    SENTIMENT,
    TEXT,
    URGENCY,
)
from triage.labels import SENTIMENT_CHINESE, URGENCY_CHINESE, URGENCY_ENGLISH
from triage.taxonomy import Label, Taxonomy

GUIDE = "docs/labels.md"
_COLOURS = ("#d4380d", "#c41d7f", "#096dd9", "#ad6800", "#08979c", "#531dab", "#389e0d", "#434343")
_URGENT = "#f5222d"
_MEANING = {  # in the words of docs/labels.md
    "product_quality": "东西或核心服务本身：坏、假、短命、变质、难吃、脏、异物、货不对板、功能缺失",
    "staff_attitude": "人怎样待他：粗鲁、不耐烦、冷淡、吼、嘲笑、歧视、威胁、当面撒谎",
    "delivery": "下单到收货之间：晚、丢、没发、不送上门、路上损坏、包装差、送错、少件错件、配送费",
    "follow_up_neglect": "提出之后该有而没有的：不回复、没人管、推来推去、拒退拒换拒修、承诺不兑现",
    "other": "以上都不是：价格、降价、促销、支付、账单、App、政策、位置、交通、公共管理、法律",
}
_WHEN = {
    0: "无事可办：表扬、评论、没有问题的提问、乱码",
    1: "值得答复的投诉，不赶时间",
    2: "正被卡住或正在损失：货没到还要、退款维修被扣、反复联系无果、有明确期限",
    3: "健康、安全、财产受威胁，诈骗盗窃，信息泄露；扬言起诉、找监管、曝光，或自伤",
}


def labelling_config(taxonomy: Taxonomy) -> str:
    """Return the XML: spans of evidence, issues (several, two levels), mood, urgency.

    Results hold codes; people see the Chinese names, and the meaning where they point at one.
    """
    stars = " · ".join(f"{level} {name}" for level, name in SENTIMENT_CHINESE.items())
    lines = [
        "<View>",
        f"  <!-- 标签的含义 What the labels mean: {GUIDE} -->",
        *_section("依据：先选标签，再划出说明它的原话 Evidence: pick a label, mark the words"),
        f'  <Labels name="{EVIDENCE}" toName="{TEXT}">',
        *_evidence(taxonomy),
        "  </Labels>",
        f'  <Text name="{TEXT}" value="${TEXT}"/>',
        *_section(f"问题：客户不满什么？可多选；含义见 {GUIDE} Issues: all that are said"),
        f'  <Choices name="{ISSUES}" toName="{TEXT}" choice="multiple" required="true"',
        '           requiredMessage="请选问题，没有就选“没有问题” Choose the issues, or none">',
        *_issues(taxonomy),
        "  </Choices>",
        *_section(f"情绪 Sentiment：{stars}"),
        f'  <Rating name="{SENTIMENT}" toName="{TEXT}" maxRating="5" required="true"/>',
        *_section("紧急程度：要多快有人处理？语气不抬高级别 Urgency: facts, not tone"),
        f'  <Choices name="{URGENCY}" toName="{TEXT}" choice="single" showInline="true"',
        '           required="true">',
        *_urgency(),
        "  </Choices>",
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def _section(words: str) -> list[str]:
    return [f'  <Header size="5" value={quoteattr(words)}/>']


def _evidence(taxonomy: Taxonomy) -> list[str]:
    colours = dict(zip(taxonomy.roots, cycle(_COLOURS), strict=False))
    lines = [
        f"    <Label value={quoteattr(label.zh)} alias={quoteattr(label.code)}"
        f' background="{colours[taxonomy.root(label.code)]}"/>'
        for label in taxonomy.labels
    ]
    return [*lines, f'    <Label value="紧急" alias="{URGENCY}" background="{_URGENT}"/>']


def _issues(taxonomy: Taxonomy) -> list[str]:
    lines = []
    for label in taxonomy.labels:
        choice = _choice(label.zh, label.code, _hint(label))
        if label.code in taxonomy.parents:
            choice = f'  <View style="margin-left: 2em">{choice.strip()}</View>'
            choice = f"  {choice}"
        lines.append(choice)
    return [*lines, _choice(NO_ISSUE_CHINESE, NO_ISSUE, NO_ISSUE_ENGLISH)]


def _hint(label: Label) -> str:
    return label.description or _MEANING.get(label.code) or label.en


def _urgency() -> list[str]:
    return [
        _choice(f"{level} {name}", str(level), f"{URGENCY_ENGLISH[level]}: {_WHEN[level]}")
        for level, name in URGENCY_CHINESE.items()
    ]


def _choice(value: str, alias: str, hint: str) -> str:
    shown = f"value={quoteattr(value)} alias={quoteattr(alias)} hint={quoteattr(hint)}"
    return f"    <Choice {shown}/>"

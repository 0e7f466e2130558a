"""The words of strangers' tables: names of columns, of levels, of yes, no and nothing.

All are in the form that `values.folded` gives: simplified, narrow, in small letters.
"""

from collections.abc import Mapping

from triage.files.columns import ID_NAMES, TEXT_NAMES
from triage.labels import (
    SENTIMENT_CHINESE,
    SENTIMENT_ENGLISH,
    URGENCY_CHINESE,
    URGENCY_ENGLISH,
)

NOT_KNOWN = frozenset(
    {"", "nan", "null", "n/a", "na", "?", "??", "unknown", "not known", "unlabeled", "unlabelled"}
    | {"未知", "不详", "不明", "未标注", "待标注", "待定", "不确定"}
)
NO_ISSUE = frozenset(
    {
        "none",
        "_none",
        "no issue",
        "no issues",
        "nothing",
        "no",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "[]",
    }
    | {"无", "没有", "没有问题", "无问题", "没问题", "无投诉", "没有投诉", "不是投诉", "无异常"}
)
YES_WORDS = frozenset({"1", "1.0", "是", "有", "对", "y", "yes", "true", "t", "√", "✓", "✔"})
NO_WORDS = frozenset({"0", "0.0", "否", "无", "没有", "不是", "n", "no", "false", "f", "×", "✗"})

SENTIMENT_WORDS: Mapping[str, int | None] = {
    **{name: level for level, name in SENTIMENT_CHINESE.items()},
    **{name: level for level, name in SENTIMENT_ENGLISH.items()},
    **dict.fromkeys(("很不满意", "非常不满意", "极不满意", "强烈不满", "非常负面", "极差"), 1),
    **dict.fromkeys(("不满意", "负面", "消极", "负向", "差评", "负", "negative", "neg", "bad"), 2),
    **dict.fromkeys(("中性", "中立", "中评", "一般", "neutral", "neu", "mixed"), 3),
    **dict.fromkeys(("满意", "正面", "积极", "正向", "好评", "正", "positive", "pos", "good"), 4),
    **dict.fromkeys(("很满意", "非常满意", "十分满意", "非常正面", "极好", "excellent"), 5),
}
URGENCY_WORDS: Mapping[str, int | None] = {
    **{name: level for level, name in URGENCY_CHINESE.items()},
    **{name: level for level, name in URGENCY_ENGLISH.items()},
    **dict.fromkeys(("不急", "不紧急", "低优先级", "p3"), 0),
    **dict.fromkeys(("中", "一般", "正常", "普通优先级", "medium", "p2"), 1),
    **dict.fromkeys(("较急", "加急", "高优先级", "p1"), 2),
    **dict.fromkeys(("特急", "非常紧急", "十万火急", "最高", "urgent", "emergency", "p0"), 3),
}

# Roles in the order in which they choose; of the names of a role the first that occurs wins.
COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        *TEXT_NAMES,
        *("客户留言", "客户反馈", "客户反馈内容", "用户反馈", "用户留言", "用户评论", "客户评论"),
        *("客户评价", "买家留言", "买家评价", "客诉内容", "来电内容", "咨询内容", "诉求内容"),
        *("诉求描述", "投诉描述", "反馈描述", "情况描述", "原文", "正文", "对话内容", "comments"),
    ),
    "id": (
        *ID_NAMES,
        "单号",
        "投诉编号",
        "反馈编号",
        "留言id",
        "记录编号",
        "受理编号",
        "受理号",
        "流水号",
        "工单流水号",
        "feedback id",
        "case id",
    ),
    "issues": (
        *("issues", "issue", "labels", "label", "标签", "问题标签", "问题类型", "问题类别"),
        *("问题分类", "投诉类型", "投诉类别", "投诉分类", "反馈类型", "反馈类别", "反馈分类"),
        *("诉求类型", "诉求分类", "工单类型", "工单分类", "客诉类型", "客诉分类", "投诉原因"),
        *("问题归类", "标注", "标注结果", "tags", "tag", "categories", "category", "分类"),
        *("类别", "类型", "issue type", "complaint type", "topic"),
    ),
    "sentiment": (
        *("sentiment", "情绪", "情感", "客户情绪", "用户情绪", "情绪倾向", "情感倾向", "情感极性"),
        *(
            "满意度",
            "客户满意度",
            "满意程度",
            "评分",
            "星级",
            "评价星级",
            "打分",
            "rating",
            "stars",
        ),
        *("star", "score", "polarity", "mood", "emotion"),
    ),
    "urgency": (
        *("urgency", "紧急程度", "紧急度", "紧急级别", "紧急等级", "紧急性", "优先级", "优先程度"),
        *("严重程度", "紧急", "priority", "severity", "缓急程度"),
    ),
    "customer": (
        *("customer", "customer id", "客户编号", "客户号", "客户id", "客户代码", "客户", "用户id"),
        *("用户编号", "用户", "会员号", "会员编号", "会员id", "会员卡号", "user id", "user"),
        *("买家id", "买家", "member id", "client id", "customer no", "uid", "openid"),
    ),
    "channel": (
        *("channel", "渠道", "反馈渠道", "投诉渠道", "来源渠道", "受理渠道", "渠道来源", "来源"),
        *("入口", "平台"),
    ),
}
# Where no column has one of these names: the only one that has such a word in its name.
COLUMN_PARTS: Mapping[str, tuple[str, ...]] = {
    "text": ("内容", "原文", "留言", "反馈", "描述", "评论", "text", "comment", "content"),
    "id": ("单号",),
    "issues": ("标签", "问题类", "问题分", "投诉类", "投诉分", "label", "issue"),
    "sentiment": ("情绪", "情感", "满意", "sentiment"),
    "urgency": ("紧急", "优先级", "urgen", "priority"),
    "customer": ("客户编", "客户号", "客户id", "用户编", "用户id", "会员", "customer"),
    "channel": ("渠道", "channel"),
}
# Customers that are nobody: their texts do not belong together.
NOBODY = NOT_KNOWN | {
    "-",
    "--",
    "无",
    "匿名",
    "匿名用户",
    "游客",
    "anonymous",
    "guest",
    "none",
    "0",
}

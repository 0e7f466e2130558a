"""Three hundred authored calls to a broadband desk, as its export has them."""

import csv
import io
import random

HEAD = ("受理编号", "来电内容摘要", "问题归类", "客户情绪（1-5）", "缓急程度", "宽带账号", "渠道")
OPENINGS = (
    "东湖苑三栋的用户反映，",
    "您好，我家是去年办的融合套餐，",
    "接上回那张单子继续说，",
    "客户在营业厅柜台留言：",
    "我妈不会用手机，我替她讲，",
    "昨天夜里十一点多打的电话，",
    "企业专线用户，账期未到，",
    "学校宿舍这边，",
    "搬家迁机以后，",
    "老用户了，十二年没换过，",
    "短信回访里写的：",
    "微信公众号后台收到，",
)
# What happened: the words, the desk's labels, mood, urgency.
FACTS = (
    ("光猫一到晚上就亮红灯掉线", "产品质量", 2, 1),
    ("测速只有合同写的十分之一", "产品质量", 2, 1),
    ("机顶盒开机卡在百分之九十七", "产品质量", 2, 1),
    ("路由器外壳烫得放不住手", "产品质量", 2, 2),
    ("皮线光缆从楼道垂下来绊倒了老人", "产品质量", 1, 3),
    ("游戏延迟跳到四百多毫秒", "产品质量", 2, 1),
    ("约好上午装机，师傅拖到晚上九点才来", "物流配送", 2, 1),
    ("寄来的光猫在路上压碎了角", "物流配送", 2, 1),
    ("换机的包裹一直停在中转站", "物流配送", 2, 1),
    ("上门师傅嫌楼层高，骂骂咧咧", "服务态度", 1, 1),
    ("客服说你爱用不用，直接挂断", "服务态度", 1, 2),
    ("柜台小姑娘边刷视频边应付", "服务态度", 2, 1),
    ("报障单子转了四个部门，谁也不认", "售后跟进缺失", 2, 2),
    ("说二十四小时回电，等到第五天", "售后跟进缺失", 2, 2),
    ("工单显示已完结，可没人来修过", "售后跟进缺失、产品质量", 1, 2),
    ("退订以后押金石沉大海", "售后跟进缺失", 2, 2),
    ("没开通的彩铃包月月扣六块", "其他投诉", 2, 1),
    ("合约期内突然涨了资费", "其他投诉", 2, 1),
    ("转网被要求交八百违约金", "其他投诉", 2, 1),
    ("装维师傅把线走得横平竖直", "无", 5, 0),
    ("千兆升级以后看球一点不卡", "无", 4, 0),
    ("想问提速到五百兆要补多少差价", "无", 3, 0),
)
AFTER = (
    "孩子的网课断断续续，",
    "店里收银台只好改收现金，",
    "监控也跟着看不成，",
    "全家围着手机开热点，",
    "年三十晚上更是如此，",
    "我已经录了像，",
    "邻居家也是同样情况，",
    "物业说不归他们管，",
    "截图都留着，",
    "前后折腾了小半个月，",
    "周末两天我都守在屋里，",
    "单位那头催得急，",
    "别家运营商的人倒天天上门推销，",
    "说明书翻了三遍，",
)
ENDINGS = (
    "麻烦给句准话。",
    "盼复。",
    "请安排一下。",
    "先记录在案吧。",
    "明天我再打。",
    "就说这么多。",
    "希望有人看见这条。",
    "请转给片区经理。",
    "劳驾核实。",
    "到时候再联系。",
)


def rows(count=300, seed=7):
    """Return the rows of the export; few share more than two of their parts."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        words, label, mood, speed = FACTS[number % len(FACTS)]
        text = (
            chance.choice(OPENINGS) + words + "，" + chance.choice(AFTER) + chance.choice(ENDINGS)
        )
        account = f"KD{number * 37 % 9973:05}"
        found.append((f"B{number:04}", text, label, mood, speed, account, "电话"))
    return found


def export(count=300):
    """Return the export as bytes of a CSV in GB18030."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEAD)
    writer.writerows(rows(count))
    return file.getvalue().encode("gb18030")

"""Accounts, addresses and names: what is one, what only looks like one."""

import pytest

from tests.unit.text.pii import check, found
from triage import InputError
from triage.text.pii import KINDS, PERSONAL, Pii, find_pii


@pytest.mark.parametrize(
    "text",
    [
        "⟦zhang.san@example.com⟧",
        "发到⟦zhang_san+1@mail.example.com.cn⟧就行",
        "⟦12345678@qq.com⟧",
        "⟦13800138000@163.com⟧",
        "⟦ＺＨＡＮＧ＠ＥＸＡＭＰＬＥ．ＣＯＭ⟧",
        "⟦zhang(at)example.com⟧",
        "⟦12345678艾特qq点com⟧",
    ],
)
def test_an_email_address_is_found(text):
    check("email", text)


@pytest.mark.parametrize(
    "text", ["@客服", "微博@小王家的猫", "a@b", "3@5元", "z****@example.com", "@@@@"]
)
def test_an_at_sign_alone_is_no_email_address(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "微信号：⟦zhangsan_88⟧",
        "微信号⟦zhangsan⟧",
        "微信：⟦zhangsan⟧",
        "微信ID是⟦zhang-san⟧",
        "威信⟦abc12345⟧",
        "VX:⟦abc_1234⟧",
        "wx：⟦abc12345⟧",
        "V信号⟦abcdef⟧",
        "加我V ⟦abc12345⟧",
        "加微信⟦zhangsan⟧",
        "加微⟦abc12345⟧",
        "微信號：⟦chan_tai⟧",
        "WeChat: ⟦chantaiman⟧",
        "⟦wxid_abc123456⟧",
        "微信号：⟦123456789⟧",
    ],
)
def test_a_wechat_id_is_found(text):
    check("wechat", text)


@pytest.mark.parametrize(
    "text",
    [
        "微信支付失败",
        "微信iPhone版闪退",
        "微信：android",
        "微信 version 8",
        "微信转了200元",
        "微信群里说",
        "vx还没加",
        "微信号：z**********",
    ],
)
def test_talk_of_wechat_is_no_id(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "QQ：⟦12345678⟧",
        "QQ号是⟦12345⟧",
        "qq⟦1234567890⟧",
        "有事联系我qq⟦42950063⟧",
        "扣扣⟦12345678⟧",
        "企鹅号 ⟦12345678⟧",
        "QQ ⟦123 456 789⟧",
    ],
)
def test_a_qq_number_is_found(text):
    check("qq", text)


@pytest.mark.parametrize(
    "text",
    ["QQ群12345678", "QQ2013版", "QQ充值10000元", "QQ10000元", "qq：******78", "aqq12345678"],
)
def test_talk_of_qq_is_no_number(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "LINE ID: ⟦xiaoming.wang⟧",
        "Line：⟦wang_88⟧",
        "加LINE ⟦wang88⟧",
        "加賴⟦wang88⟧",
        "賴:⟦@wang88⟧",
    ],
)
def test_a_line_id_is_found(text):
    check("line", text)


@pytest.mark.parametrize("text", ["online: shopping", "在line上说", "我賴在床上abc"])
def test_talk_of_line_is_no_id(text):
    assert found(text) == []


ADDRESSES = [
    "⟦北京市朝阳区建国路88号3号楼2单元1201室⟧",
    "⟦北京市朝阳区建国路８８号⟧",
    "快递送到我家⟦朝阳区建国路88号⟧了",
    "我住在⟦上海浦东新区张江路88弄12号301室⟧",
    "⟦广东省深圳市南山区科技园路1号⟧",
    "⟦建国路88号⟧",
    "⟦建国路八十八号⟧",
    "⟦中山北路 12 号⟧",
    "⟦和平路12号⟧",
    "⟦花家地胡同5号⟧",
    "⟦解放街甲12号⟧",
    "⟦长寿路12-3号⟧",
    "⟦建国路88号华贸小区3号楼1201室⟧",
    "⟦阳光花园3栋2单元501⟧",
    "我是⟦阳光小区60栋⟧的住户",
    "⟦阳光花园3-2-1201⟧",
    "⟦翠湖公寓A座1203室⟧",
    "⟦翠湖公寓1203室⟧",
    "⟦世纪大厦12号⟧",
    "⟦金地新村一区6栋⟧",
    "⟦湖南省长沙市望城区乔口镇田心村3组12号⟧",
    "⟦乔口镇田心村八组⟧",
    "⟦香港九龍彌敦道123號5樓A室⟧",
    "⟦旺角花園街12號3樓⟧",
    "⟦沙田第一城5座12樓A室⟧",
    "⟦台北市信義區信義路五段7號12樓⟧",
    "⟦新北市板橋區文化路一段188巷12弄3號4樓之2⟧",
    "请问⟦幸福小区4栋⟧什么时候通水",
]
NO_ADDRESSES = [
    "北京市朝阳区",
    "我在深圳",
    "建国路堵车",
    "阳光小区停水了",
    "我们小区3号楼电梯坏了",
    "酒店3号楼5层",
    "房间在8楼",
    "3号线很挤",
    "人民路2号线",
    "地铁站2号出口",
    "这条路88号",
    "马路3号",
    "等了3号再说",
    "走道5号",
    "味道3号最好",
    "田心村3组",
    "3月15号下的单",
    "5号电池",
    "一楼大厅",
    "省市区路",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_is_found_from_its_province_to_its_room(text):
    check("address", text)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_a_place_without_road_and_number_is_no_address(text):
    assert found(text) == []


NAMES = [
    "⟦王先生⟧说明天来",
    "⟦李小姐⟧和⟦陳經理⟧",
    "⟦张师傅⟧送的",
    "⟦李娜女士⟧",
    "⟦张建国师傅⟧",
    "⟦欧阳先生⟧",
    "⟦歐陽小姐⟧",
    "⟦司马懿先生⟧",
    "客服⟦小李⟧态度差",
    "快递员⟦许某⟧",
    "⟦姓冯的姑娘⟧",
    "我叫⟦张伟⟧",
    "我叫⟦张伟⟧，我住这里",
    "我是⟦李娜⟧，请回电",
    "本人⟦李娜⟧，女",
    "本人姓名：⟦李娜⟧",
    "名叫⟦刘元柏⟧今年",
    "联系人：⟦王小明⟧",
    "联系人⟦王小明⟧ ",
    "收件人 ⟦李雷⟧",
    "收件人：⟦張大文⟧",
    "聯絡人：⟦谈俊⟧",
    "姓名：⟦欧阳修⟧",
    "户名是⟦赵敏⟧",
    "业主：⟦车小明⟧",
    "感谢⟦胡萍老师⟧",
    "于是⟦王先生⟧走了",
]
NO_NAMES = [
    "我是高中生，",
    "我是顾客，",
    "我是金牌会员",
    "我叫外卖了",
    "我是马上要用",
    "办公室主任来了",
    "上级主管部门",
    "联系人电话不对",
    "联系人：无",
    "收件人不是我",
    "姓名不对",
    "高级经理",
    "任何老师",
    "谢谢师傅",
    "导游小姐",
    "安排师傅上门",
    "上周师傅来了",
    "先生您好",
    "小姐姐很好",
    "我是欧洲人，",
    "王**说",
    "我叫张*",
]


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_found_with_its_title_or_where_it_is_told(text):
    check("name", text)


@pytest.mark.parametrize("text", NO_NAMES)
def test_a_word_that_begins_like_a_name_is_none(text):
    assert found(text) == []


def test_data_of_several_kinds_are_found_in_order():
    text = "王先生13800138000，京A12345，北京市朝阳区建国路88号，zhang@example.com"
    assert [p.kind for p in find_pii(text)] == ["name", "phone", "plate", "address", "email"]


def test_a_number_that_may_be_two_things_is_the_one_that_ranks_first():
    assert [p.kind for p in find_pii("微信号13800138000")] == ["phone"]
    assert [p.kind for p in find_pii("QQ：13800138000")] == ["phone"]


def test_only_the_kinds_asked_for_are_given():
    text = "王先生13800138000"
    assert find_pii(text, kinds={"phone"}) == [Pii("phone", 3, 14)]
    assert find_pii(text, kinds=set()) == []


def test_what_is_part_of_another_kind_is_not_given_for_it():
    assert find_pii("13800138000@163.com", kinds={"phone"}) == []


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("订单号：202403151234567", "202403151234567"),
        ("訂單號AB12345678", "AB12345678"),
        ("SF1234567890123还没到", "SF1234567890123"),
        ("订单号：２０２４０３１５１２３４５６７", "２０２４０３１５１２３４５６７"),
    ],
)
def test_an_order_number_is_found_on_demand_only(text, order):
    assert found(text) == []
    assert [text[p.start : p.end] for p in find_pii(text, kinds={"order"})] == [order]


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"telephone.*phone") as caught:
        find_pii("", kinds={"telephone"})
    assert caught.value.code == "bad_input"


def test_order_is_the_only_kind_that_is_not_personal():
    assert PERSONAL | {"order"} == KINDS


def test_half_a_character_hides_nothing():
    check("name", "聯絡人：⟦陳大文⟧，\ud800")
    assert [p.kind for p in find_pii("訂單號AB12345678\udfff", kinds={"order"})] == ["order"]

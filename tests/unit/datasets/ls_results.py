"""Results of Label Studio, as it writes them."""


def choices(name, *values, to="text"):
    return {"from_name": name, "to_name": to, "type": "choices", "value": {"choices": [*values]}}


def rating(value, name="sentiment"):
    return {"from_name": name, "to_name": "text", "type": "rating", "value": {"rating": value}}


def mark(start, end, *labels, text=None, name="evidence"):
    value = {"start": start, "end": end, "labels": [*labels]}
    if text is not None:
        value["text"] = text
    return {"from_name": name, "to_name": "text", "type": "labels", "value": value}


def config(*controls, text='<Text name="text" value="$text"/>'):
    return f"<View>{text}{''.join(controls)}</View>"


RENAMED = config(
    '<Labels name="why" toName="words">',
    '<Label value="物流配送"/><Label value="Product quality"/><Label value="urgency"/></Labels>',
    '<Choices name="what" toName="words" choice="multiple"><View>',
    '<Choice value="物流配送"/><Choice value="质量" alias="product_quality"/></View>',
    '<Choice value="没有问题"/></Choices>',
    '<Rating name="mood" toName="words"/>',
    '<Choices name="speed" toName="words"><Choice value="低"/><Choice value="1 普通"/>',
    '<Choice value="高" alias="2"/><Choice value="critical"/></Choices>',
    text='<Text name="words" value="$message"/>',
)

"""Texts of small models for tests: parts that are changed one at a time."""

HEAD = """
name = "small"
version = "1"
title = "小模型"
author = "测试"
valid_from = 2020-01-01
notice = "示例"
"""

GRADES = """
[[grades]]
label = "A"
name = "低"
meaning = "少查"
[[grades]]
label = "B"
name = "中"
meaning = "常查"
from = 10
[[grades]]
label = "C"
name = "高"
meaning = "多查"
from = 20
[[grades]]
label = "D"
name = "很高"
meaning = "必查"
from = 900000000000
"""

PENALTIES = """
[[indicators]]
id = "penalties"
title = "行政处罚次数"
dimension = "supervision"
source = "records"
kinds = ["penalty"]
aggregate = "count"
bins = [{ below = 1, points = 0 }, { from = 1, below = 3, points = 10 }, { from = 3, points = 25 }]
"""

AGE = """
[[indicators]]
id = "age"
title = "成立年限"
dimension = "attributes"
source = "registration"
aggregate = "years_since"
field = "established"
missing = 4
bins = [{ below = 3, points = 2 }, { from = 3, points = 0 }]
"""

RULE = """
[[rules]]
id = "fined"
title = "有处罚"
effect = "at_least"
grade = "C"
reason = "受过处罚"
legal_basis = "示例"
when = [{ indicator = "penalties", at_least = 1 }]
"""

SMALL = HEAD + GRADES + PENALTIES + AGE + RULE


def measuring(measure: str, missing: str = "") -> str:
    """Return a model whose only indicator, `x`, has the value of one measure."""
    return f"""{HEAD}{GRADES}
[[indicators]]
id = "x"
title = "x"
dimension = "activity"
{measure}
{missing}
bins = [{{ points = 0 }}]
"""


def ruling(*rules: tuple[str, str], points: int = 0) -> str:
    """Return a model whose score is `points` and whose rules, (effect, grade), always fire."""
    text = f"""{HEAD}{GRADES}
[[indicators]]
id = "x"
title = "x"
dimension = "activity"
source = "records"
kinds = ["penalty"]
aggregate = "count"
bins = [{{ points = {points} }}]
"""
    for number, (effect, label) in enumerate(rules):
        text += f"""
[[rules]]
id = "r{number}"
title = "r"
effect = "{effect}"
grade = "{label}"
reason = "r"
legal_basis = "b"
when = [{{ indicator = "x", at_least = 0 }}]
"""
    return text

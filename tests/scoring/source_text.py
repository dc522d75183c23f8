"""Documents of sources for tests."""

PLATFORM = """
name = "信用平台"
title = "信用平台行政处罚"
version = "1"
kind = "penalty"
legal_basis = "样例条例第一条"
catalogue = "样例目录-001"
valid_from = 2020-01-01

[file]
dates = ["YYYY.MM.DD", "D/M/YYYY"]
ignored = ["序号", "法定代表人电话"]

[fields.name]
columns = ["当事人", "相对人名称"]

[fields.enterprise]
columns = ["信用代码", "统一社会信用代码"]

[fields.number]
template = "{字号}〔{年份}〕{序}号"

[fields.violation]
columns = ["案由"]

[fields.category]
columns = ["种类"]
words = { "01" = "罚款", "02" = "警告" }

[fields.fine]
columns = ["罚款（元）", "罚款额"]
unit = "元"

[fields.date]
columns = ["决定日期"]

[fields.body]
value = "样例市住房和城乡建设局"

[fields.source]
value = "样例市信用平台"
"""

PULLED = """
name = "信用平台"
title = "信用平台部门名单"
version = "1"
kind = "department"
legal_basis = "样例条例第一条"
catalogue = "样例目录-001"
valid_from = 2020-01-01
"""

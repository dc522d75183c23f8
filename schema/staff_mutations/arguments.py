"""Arguments that several mutations take."""

from typing import Annotated

import strawberry

from schema.scalars import USCC, FormerCode

IfVersion = Annotated[
    int | None,
    strawberry.argument(
        description="The version that you read, 0 where there was none: refused if another holds by now (所依据版本)."
    ),
]
IfNamedVersion = Annotated[
    str | None,
    strawberry.argument(
        description='The version that you read, "0" where there was none: refused if another holds by now (所依据版本).'
    ),
]
CampaignCode = Annotated[str, strawberry.argument(description="The campaign's code, such as 2026-0001 (任务编号).")]
EnterpriseCode = Annotated[USCC, strawberry.argument(description="The enterprise (统一社会信用代码).")]
AnyCode = Annotated[FormerCode, strawberry.argument(description="A code that it has or had (代码).")]
Purpose = Annotated[str, strawberry.argument(description="What the reading is for; it is recorded (用途).")]
ModelText = Annotated[str, strawberry.argument(description="The model's document, TOML (模型文本).")]
ModelName = Annotated[str, strawberry.argument(description="The model's name (模型名称).")]
ModelVersionName = Annotated[str, strawberry.argument(description="Its version (版本).")]
OfVersion = Annotated[
    int | None, strawberry.argument(description="Only this version, the one that you read; none: the newest (版本).")
]

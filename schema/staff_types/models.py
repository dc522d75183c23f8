"""The model that grades (分类模型)."""

from datetime import date

import strawberry

from schema.scalars import BigInt
from scoring.models import AdoptedModel


@strawberry.type(description="One grade of a model's scale (等级).")
class GradeLevel:
    """A grade of the scale."""

    label: str = strawberry.field(description="What it is called (等级).")
    name: str = strawberry.field(description="What it says (名称).")
    meaning: str = strawberry.field(description="What it means for supervision (含义).")
    lowest_score: BigInt | None = strawberry.field(description="The lowest score that gives it; nothing for the first.")


@strawberry.type(description="A versioned scorecard: indicators, points, rules and thresholds (分类模型).")
class Model:
    """A model."""

    name: str = strawberry.field(description="Its name (名称).")
    version: str = strawberry.field(description="Its version (版本).")
    title: str = strawberry.field(description="Its title (标题).")
    author: str = strawberry.field(description="Who made it (作者).")
    valid_from: date = strawberry.field(description="From when on it is meant to hold (生效日期).")
    notice: str = strawberry.field(description="What it is and is not (声明).")
    grades: list[GradeLevel] = strawberry.field(description="Its scale, low risk first (等级).")
    text: str = strawberry.field(description="Its document, TOML (模型文本).")

    @classmethod
    def of(cls, adopted: AdoptedModel) -> "Model":
        """Make the answer of a model."""
        model = adopted.model
        return cls(
            name=model.name,
            version=str(model.version),
            title=model.title,
            author=model.author,
            valid_from=model.valid_from,
            notice=model.notice,
            grades=[GradeLevel(**vars(level)) for level in model.grades],
            text=adopted.text,
        )

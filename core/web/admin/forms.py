"""What console forms share with the API: its models and text rules, and its refusals as text beside the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from core.refusals import Invalid, Refused
from core.web.api.bodies import Cleaner, validate

M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], values: Mapping[str, Any]) -> M:
    """The values of a form as the API's own model, so that console and API refuse the same.

    Raises:
        Invalid: field → sentences.
    """
    return validate(model, Cleaner().clean(dict(values), 0, ""), strict=False)


def problems(no: Refused | Invalid, labels: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Why something was not done, as `error_summary(extra=…)` lists it; `labels` name the fields of the form."""
    if isinstance(no, Refused):
        return [{"text": refusal.detail, "article": refusal.article, "target": ""} for refusal in no.refusals]
    return [
        {"text": f"{(labels or {}).get(field, '')}：{said}" if field in (labels or {}) else said, "target": field}
        for field, sentences in no.errors.items()
        for said in _unique(sentences)
    ]


def _unique(sentences: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(str(sentence) for sentence in sentences))

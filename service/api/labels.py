"""`/v1/labels`: the closed sets, with their Chinese and English names."""

from fastapi import APIRouter

from service.api.tickets import ERRORS
from service.deps import READING, EngineDep
from service.schemas.triage import LabelOut, LabelsOut
from triage.labels import (
    SENTIMENT_CHINESE,
    SENTIMENT_ENGLISH,
    URGENCY_CHINESE,
    URGENCY_ENGLISH,
)

router = APIRouter(prefix="/v1", tags=["labels"], dependencies=[READING])


@router.get("/labels", responses=ERRORS)
async def labels(engine: EngineDep) -> LabelsOut:
    """列出全部标签。List every label a verdict can hold."""
    issues = [
        LabelOut(
            code=label.code,
            zh=label.zh,
            en=label.en,
            parent=engine.taxonomy.parents.get(label.code, ""),
            description=label.description,
        )
        for label in engine.taxonomy.labels
    ]
    return LabelsOut(
        issues=issues,
        sentiment=_levels(SENTIMENT_CHINESE, SENTIMENT_ENGLISH),
        urgency=_levels(URGENCY_CHINESE, URGENCY_ENGLISH),
    )


def _levels(chinese: dict[int, str], english: dict[int, str]) -> list[LabelOut]:
    return [LabelOut(code=str(k), zh=chinese[k], en=english[k]) for k in chinese]

"""The registry of models: which are there, which judges, which only watches."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from service.schemas.kinds import Text
from service.schemas.triage import ErrorBody, EvidenceOut, ModelOut


class PointerOut(BaseModel):
    """A folder of the registry, the hash it was chosen with, who chose it when."""

    folder: str
    hash: str
    at: str
    by: str


class LoadingProblem(ErrorBody):
    """Why a model that was chosen cannot be loaded."""

    folder: str
    since: datetime


class ServingOut(ModelOut):
    """The model that judges in this process; `pinned`: it follows no registry."""

    folder: str | None
    since: datetime
    pinned: bool
    problem: LoadingProblem | None


class ModelScores(BaseModel):
    """What a model scored on its own held-out texts."""

    texts: str
    n: int
    macro_f1: float | None
    micro_f1: float | None
    sentiment_kappa: float | None
    urgency_kappa: float | None
    critical_recall: float | None


class ModelGate(BaseModel):
    """What the last gate said of it."""

    at: str
    passed: bool
    overridden: bool


class ModelRefusal(BaseModel):
    """Why the folder cannot be used."""

    code: str
    reason: str


class ModelRow(BaseModel):
    """One model folder of the registry, as `triage models --json` tells it."""

    folder: str
    mark: Literal["champion", "shadow", "candidate"]
    created: str
    name: str
    version: str
    hash: str
    kind: str
    labels: list[str]
    parent: dict[str, Any] | None
    data_hash: str
    code_version: str
    scores: ModelScores | None
    gate: ModelGate | None
    refused: ModelRefusal | None


class ModelChange(BaseModel):
    """One line of the history; pointers are null for the model in the box, or for no shadow."""

    at: str
    by: str
    what: str
    from_: PointerOut | None = Field(alias="from")
    to: PointerOut | None
    gate: str | None
    override: dict[str, str] | None


class ModelsOut(BaseModel):
    """Every model, the last changes, and the model that this process serves."""

    serving: ServingOut
    champion: PointerOut | None
    shadow: PointerOut | None
    items: list[ModelRow]
    history: list[ModelChange]


class RollbackIn(BaseModel):
    """Go back to the champion before this one."""

    reason: Text = Field(min_length=1, max_length=1000, description="为什么 why; kept in the log")


class RollbackOut(ModelChange):
    """What was done, and the folder that is in use again."""

    folder: str


class ShareOut(BaseModel):
    """`agreed` of `n`, with the 95 % interval of Wilson; null where nothing was counted."""

    agreed: int
    n: int
    share: float | None
    low: float | None
    high: float | None


class LabelShareOut(BaseModel):
    """A label: found by both, by the candidate alone, by the champion alone."""

    code: str
    zh: str
    en: str
    both: int
    gained: int
    lost: int
    agreement: ShareOut = Field(description="of the verdicts in which either found it")


class ChampionSaid(BaseModel):
    """The champion's verdict; null where the text could not be judged."""

    hash: str
    issues: list[str]
    sentiment: int | None
    urgency: int | None
    review: bool


class CandidateSaid(BaseModel):
    """The candidate's verdict, with its reasons."""

    issues: list[str]
    sentiment: int | None
    urgency: int | None
    review: bool
    review_reasons: list[str]
    evidence: list[EvidenceOut]


class Disagreement(BaseModel):
    """One verdict on which the two differ; `text` is the customer's message it followed."""

    ticket_id: str
    verdict_id: str
    at: datetime
    text: str
    differs: list[str] = Field(description="fields, +label gained, -label lost")
    champion: ChampionSaid
    candidate: CandidateSaid


class DisagreementPage(BaseModel):
    """Disagreements, the newest first."""

    items: list[Disagreement]
    total: int
    next: int | None


class ShadowOut(BaseModel):
    """How far a candidate agrees with the champion; nothing it says is acted upon."""

    shadow: PointerOut | None
    hash: str | None = Field(description="of the candidate whose figures these are")
    problem: LoadingProblem | None
    waiting: int = Field(description="verdicts it has still to see")
    whole: ShareOut
    fields: dict[str, ShareOut]
    labels: list[LabelShareOut]
    disagreements: DisagreementPage

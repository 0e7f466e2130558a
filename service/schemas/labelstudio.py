"""What Label Studio sends to an ML backend and to a webhook, and what it expects back."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.schemas.triage import ErrorBrief


class StudioHealthOut(BaseModel):
    """The backend is there, and the caller may ask it."""

    status: Literal["UP"]
    model_version: str


class SetupIn(BaseModel):
    """A project that wants predictions. Its access token is neither used nor kept."""

    model_config = ConfigDict(protected_namespaces=())

    label_config: str | None = Field(
        default=None,
        alias="schema",
        description="标注配置 the labelling config of the project, as XML",
    )
    project: Any = None
    hostname: Any = None
    access_token: Any = None
    extra_params: Any = None


class SetupOut(BaseModel):
    """Which model will predict."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str = Field(description="name@hash")


class PredictIn(BaseModel):
    """Tasks to predict; a bad one costs only itself."""

    tasks: list[Any] = Field(min_length=1, description="任务 objects with `data`, as exported")
    label_config: str | None = Field(default=None, description="标注配置 the project's, as XML")
    project: Any = None
    params: Any = None


class PredictionOut(BaseModel):
    """A pre-annotation. `score` is the least certainty among its decisions, from 0 to 1."""

    model_config = ConfigDict(protected_namespaces=())

    model_version: str
    score: float = Field(ge=0, le=1)
    result: list[dict[str, Any]]


class NoPredictionOut(BaseModel):
    """What was wrong with one task; Label Studio goes on without a prediction for it."""

    error: ErrorBrief


class PredictOut(BaseModel):
    """A prediction or an error for each task, in order."""

    results: list[PredictionOut | NoPredictionOut]


class WebhookIn(BaseModel):
    """An event of Label Studio; those of annotations are kept, the others only acknowledged."""

    action: str = Field(description="ANNOTATION_CREATED, ANNOTATION_UPDATED, …")
    annotation: Any = None
    annotations: Any = None
    task: Any = None
    project: Any = None


class WebhookOut(BaseModel):
    """What became of it: `kept` annotations changed what is stored, `known` ones did not."""

    kept: int
    known: int

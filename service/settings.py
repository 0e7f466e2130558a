"""What an operator may set: by environment, prefix FENZHEN_."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from triage import InputError


class Settings(BaseSettings):
    """Settings of one service process."""

    model_config = SettingsConfigDict(env_prefix="FENZHEN_", protected_namespaces=())

    model: Path | None = None
    models: Path = Field(default=Path("models"), description="registry whose champion is served")
    policy: Path | None = None
    workers: int = Field(default=2, ge=1, description="forward passes at the same time")
    queue: int = Field(default=64, ge=1, description="requests that may wait for one of them")
    max_batch: int = Field(default=1000, ge=1, le=10_000)
    max_body: int = Field(default=32 << 20, ge=1024, description="bytes of a request body")
    database_url: str = Field(default="sqlite:///var/fenzhen.db", description="where tickets live")
    desk: Path | None = Field(default=None, description="folder of rules.yaml and clocks.yaml")
    secret_file: Path = Field(default=Path("var/secret.key"), description="made when absent")
    auth: Literal["auto", "required"] = Field(
        default="auto", description="auto: open to this machine alone until a key is made"
    )
    allow_private_webhooks: bool = Field(default=False, description="webhooks into the own network")
    tick: float = Field(default=5.0, gt=0, description="seconds between two looks at the clocks")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="what is logged, as JSON lines on standard error"
    )
    alarms_per_month: float = Field(
        default=1.0, gt=0, le=100, description="false alarms on emerging topics, a month"
    )
    jobs: bool = Field(default=True, description="run timers and webhooks in this process")


def read_settings() -> Settings:
    """Read the settings from the environment. Raises InputError that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"FENZHEN_{'_'.join(map(str, first['loc']))}".upper()
        raise InputError(f"{name}: {first['msg']}.", remedy="See docs/operations.md.") from error

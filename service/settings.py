"""What an operator may set: by environment, prefix FENZHEN_."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from triage import InputError


class Settings(BaseSettings):
    """Settings of one service process."""

    model_config = SettingsConfigDict(env_prefix="FENZHEN_", protected_namespaces=())

    model: Path | None = None
    policy: Path | None = None
    workers: int = Field(default=2, ge=1, description="forward passes at the same time")
    queue: int = Field(default=64, ge=1, description="requests that may wait for one of them")
    max_batch: int = Field(default=1000, ge=1, le=10_000)
    max_body: int = Field(default=32 << 20, ge=1024, description="bytes of a request body")


def read_settings() -> Settings:
    """Read the settings from the environment. Raises InputError that names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"FENZHEN_{'_'.join(map(str, first['loc']))}".upper()
        raise InputError(f"{name}: {first['msg']}.", remedy="See docs/operations.md.") from error

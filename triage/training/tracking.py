"""Record a training run in MLflow: what it was made of, what it scored, the folder it wrote.

Optional (`pip install 'fenzhen[tracking]'`). Nothing is sent but to the store that is named,
and no text of an example is in what is recorded.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from triage.artifact import CARD, MANIFEST, model_hash, read_manifest
from triage.errors import InputError, OutputError

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "fenzhen"
ARTIFACTS = "model"
_SETTINGS = ("name", "version", "kind", "seed", "feature_name", "labels", "parent", "base")
_LONGEST_NOTE = 8000  # characters; MLflow keeps no longer description
_BATCH = 1000  # metrics; MLflow takes no more at once


def check(uri: str) -> None:
    """Raise InputError where no run could be recorded: ask before an hour of training.

    So it is without MLflow, and where `uri` is the path of a folder or of some other file.
    """
    if find_spec("mlflow") is None:
        raise InputError(
            "Tracking needs MLflow.",
            remedy="Install it with: pip install 'fenzhen[tracking]'",
            code="missing_extra",
        )
    path = database(uri)
    if path is not None and path.exists():
        _refuse_other(path)


def record(uri: str, folder: Path, metrics: Mapping[str, Any]) -> str:
    """Record a model folder and its metrics as one finished run; return the id of the run.

    `uri` is the path of a SQLite file, made where there is none, or a tracking URI of MLflow.
    Raises InputError as `check` does, ModelError for what is no model folder, OutputError
    where the store cannot be written.
    """
    check(uri)
    manifest = read_manifest(folder)
    hash_ = model_hash(manifest)
    with _reporting(uri):
        client = _client(uri)
        run = client.create_run(
            _experiment(client, uri),
            run_name=f"{manifest['name']} {manifest['version']}",
            tags=_tags(folder, manifest, hash_),
        )
        run_id: str = run.info.run_id
        _log(client, run_id, folder, manifest, metrics)
        client.set_terminated(run_id)
    return run_id


def _log(
    client: "MlflowClient",
    run_id: str,
    folder: Path,
    manifest: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> None:
    from mlflow.entities import Metric, Param

    now = int(time() * 1000)
    settings = [Param(name, value) for name, value in parameters(manifest).items()]
    client.log_batch(run_id, params=settings)
    numbers = [Metric(name, number, now, 0) for name, number in flattened(metrics).items()]
    for start in range(0, len(numbers), _BATCH):
        client.log_batch(run_id, metrics=numbers[start : start + _BATCH])
    # Only what the manifest vouches for: anything else in the folder may hold texts.
    for name in (MANIFEST, *manifest["files"]):
        client.log_artifact(run_id, str(folder / name), ARTIFACTS)


def parameters(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return what a model was made of, as flat strings: settings, parent, counts of the data."""
    chosen = {name: manifest[name] for name in _SETTINGS if manifest.get(name) is not None}
    return dict(_strings({**chosen, "data": manifest.get("data", {})}, ""))


def _strings(tree: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, list):
            yield place + name, ", ".join(map(str, value))
        elif isinstance(value, Mapping) and name != "sources":
            yield from _strings(value, f"{place}{name}.")
        else:
            # The names of sources are those of files, which may be in Chinese: no keys of MLflow.
            yield place + name, _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def flattened(metrics: Mapping[str, Any], place: str = "") -> dict[str, float]:
    """Return every number of nested metrics under its path, `test.real.issues.macro_f1`."""
    found: dict[str, float] = {}
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            found |= flattened(value, f"{place}{name}.")
        elif isinstance(value, int | float):
            found[place + name] = float(value)
    return found


def _tags(folder: Path, manifest: Mapping[str, Any], hash_: str) -> dict[str, str]:
    card = (folder / CARD).read_text(encoding="utf-8")
    return {
        "model.hash": hash_,
        "data.hash": str(manifest.get("data", {}).get("hash", "")),
        "code.version": str(manifest.get("code", "")),
        "mlflow.note.content": card[:_LONGEST_NOTE],
    }


def _client(uri: str) -> "MlflowClient":
    from mlflow import MlflowClient
    from mlflow.environment_variables import MLFLOW_DISABLE_TELEMETRY
    from mlflow.telemetry import set_telemetry_client

    # Left alone, MLflow tells its makers that it is used. Set again, the client is none.
    MLFLOW_DISABLE_TELEMETRY.set(True)
    set_telemetry_client()
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    path = database(uri)
    if path is None:
        return MlflowClient(tracking_uri=uri)
    path.parent.mkdir(parents=True, exist_ok=True)
    return MlflowClient(tracking_uri=f"sqlite:///{path.as_posix()}")


def database(uri: str) -> Path | None:
    """Return the SQLite file that `uri` is the path of, None where it is a tracking URI."""
    if "://" in uri or uri in ("databricks", "databricks-uc"):
        return None
    return Path(uri).resolve()


def _refuse_other(path: Path) -> None:
    """Raise InputError for a folder, and for a file of something else: it must stay as it is."""
    if path.is_dir():
        raise InputError(
            f"{path} is a folder.", remedy=f"Name a file to keep the runs in, {path}/mlruns.db."
        )
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file:
            tables = {name for (name,) in file.execute("select name from sqlite_master")}
    except sqlite3.Error:
        tables = {"?"}
    if tables and "experiments" not in tables:
        raise InputError(
            f"{path} is not a file of MLflow runs.", remedy="Name a file of its own, mlruns.db."
        )


def _experiment(client: "MlflowClient", uri: str) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    path = database(uri)
    # Beside the file: MLflow's own choice depends on where the command is run from.
    place = None if path is None else path.with_suffix(".artifacts").as_uri()
    return str(client.create_experiment(EXPERIMENT, artifact_location=place))


@contextmanager
def _reporting(uri: str) -> Iterator[None]:
    """Turn what goes wrong in the store into an OutputError; the model itself is written."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise OutputError(
            f"Cannot record the run in {uri}: {str(error).splitlines()[0]}",
            remedy="The model folder is complete. Name a SQLite file or a tracking URI that can "
            "be written.",
            code="cannot_track",
        ) from error

"""The house of the design, checked: one direction of imports, small rooms, nothing at import."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.pace import pace

ROOT = Path(__file__).parents[1]
ROOMS = {
    "labels": 0,
    "taxonomy": 1,
    "errors": 0,
    "records": 1,
    "resources": 1,
    "policy": 1,
    "text": 2,
    "signals": 2,
    "readings": 2,
    "features": 2,
    "reading": 3,
    "scorers": 3,
    "decide": 3,
    "weights": 4,
    "artifact": 4,
    "engine": 5,
    "datasets": 6,
    "drift": 6,
    "registry": 6,
    "selection": 6,
    "training": 6,
    "batch": 6,
    "files": 6,
    "trends": 6,
    "cli": 7,
}
# The service, likewise: what a ticket is, how it is kept, what is done to it, who may ask.
SERVICE = {
    "settings": 0,
    "secret": 0,
    "logs": 0,
    "routing": 0,
    "webhooks": 0,
    "errors": 1,
    "tickets": 1,
    "people": 4,  # roles and keys need nothing; access looks up keys
    "db": 3,
    "desk": 5,
    "labelstudio": 6,
    "models": 6,
    "trends": 6,
    "jobs": 6,
    "metrics": 7,
    "runtime": 7,
    "schemas": 7,
    "deps": 8,
    "api": 9,
    "web": 10,
    "app": 11,
    "run": 12,
    "cli": 12,
}
LIBRARY = sorted((ROOT / "triage").rglob("*.py"))
CODE = [*LIBRARY, *sorted((ROOT / "service").rglob("*.py"))]
HEAVY = (
    "sklearn",
    "torch",
    "transformers",
    "onnxruntime",
    "tokenizers",
    "fastapi",
    "pyarrow",
    "pandas",
)


def label(path):
    return str(path.relative_to(ROOT))


def tree(path):
    return ast.parse(path.read_text("utf-8"))


def room(module):
    """The room of `triage.room.module`; the package itself shows what the engine offers."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "engine"


def room_of(path):
    return room(".".join(path.relative_to(ROOT).with_suffix("").parts))


@cache
def imported(path):
    """Every module that a file imports, at its top or within a function, with the line."""
    return tuple(_imported(path))


def _imported(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{label(path)}:{node.lineno}: relative import"
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def modules_of_triage(path):
    """The modules of the library that a file imports; names within modules are left out."""
    for name, line in imported(path):
        file = ROOT.joinpath(*name.split("."))
        if name.split(".")[0] == "triage" and (file.is_dir() or file.with_suffix(".py").exists()):
            yield name, line


def calls(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def functions(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def test_every_room_of_the_library_has_its_number():
    found = {room_of(path) for path in LIBRARY} - {"__init__"}
    assert found - ROOMS.keys() == set(), "give the new room its number in ROOMS"


@pytest.mark.parametrize("path", [p for p in LIBRARY if room_of(p) != "__init__"], ids=label)
def test_a_room_imports_only_from_rooms_that_are_not_above_it(path):
    own = ROOMS[room_of(path)]
    above = [
        f"line {line}: {name}"
        for name, line in modules_of_triage(path)
        if name != "triage" and ROOMS[room(name)] > own
    ]
    assert above == []


@pytest.mark.parametrize("path", LIBRARY, ids=label)
def test_the_rooms_below_the_engine_do_not_import_the_package_itself(path):
    if room_of(path) == "__init__" or ROOMS[room_of(path)] > ROOMS["engine"]:
        return
    # `from triage import features` names a module; `from triage import Triage` would be a circle.
    lines = {line for name, line in imported(path) if name == "triage"}
    modules = {line for name, line in modules_of_triage(path) if name != "triage"}
    assert lines - modules == set()


@pytest.mark.parametrize("path", LIBRARY, ids=label)
def test_the_library_knows_nothing_of_the_service_or_of_http(path):
    names = {name.split(".")[0] for name, _ in imported(path)}
    assert names & {"service", "fastapi", "starlette", "uvicorn", "httpx"} == set()


@pytest.mark.parametrize("path", LIBRARY, ids=label)
def test_the_service_is_reached_by_name_from_one_command_only(path):
    named = [
        node.args[0].value
        for node in calls(path)
        if ast.unparse(node.func).endswith("import_module")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert named == [] or label(path) == "triage/cli/server.py"


@pytest.mark.parametrize("path", [p for p in LIBRARY if room_of(p) != "cli"], ids=label)
def test_the_library_neither_prints_nor_reads_the_environment(path):
    assert [node.lineno for node in calls(path) if ast.unparse(node.func) == "print"] == []
    names = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert names & {"os.environ", "os.getenv"} == set()
    assert not {"os.environ", "os.getenv"} & {name for name, _ in imported(path)}


@pytest.mark.parametrize("path", CODE, ids=label)
def test_nothing_that_runs_when_it_is_read_is_used(path):
    names = {name.split(".")[0] for name, _ in imported(path)}
    assert names & {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"} == set()
    called = {ast.unparse(node.func) for node in calls(path)}
    assert called & {"eval", "exec", "joblib.load", "torch.load", "os.system"} == set()
    options = {
        key.arg for node in calls(path) for key in node.keywords if ast.unparse(key.value) == "True"
    }
    assert "allow_pickle" not in options
    assert "shell" not in options


@pytest.mark.parametrize("path", CODE, ids=label)
def test_files_are_under_300_lines_and_functions_under_50(path):
    assert len(path.read_text("utf-8").splitlines()) < 300
    long = {node.name: node.end_lineno - node.lineno + 1 for node in functions(path)}
    assert {name: lines for name, lines in long.items() if lines >= 50} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "service").rglob("*.py")), ids=label)
def test_a_room_of_the_service_imports_only_from_rooms_that_are_not_above_it(path):
    own = room_of(path)
    if own == "__init__":
        return
    above = [
        f"line {line}: {name}"
        for name, line in imported(path)
        if name.startswith("service.") and SERVICE[name.split(".")[1]] > SERVICE[own]
    ]
    assert above == []


def test_the_median_function_is_short():
    lengths = sorted(n.end_lineno - n.lineno + 1 for path in CODE for n in functions(path))
    assert lengths[len(lengths) // 2] <= 13


def in_a_fresh_process(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_library_brings_in_nothing_heavy():
    code = f"import sys, triage; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert in_a_fresh_process(code) == "[]"


def test_importing_the_library_takes_less_than_half_a_second():
    code = "import time; t = time.process_time(); import triage; print(time.process_time() - t)"
    assert min(float(in_a_fresh_process(code)) for _ in range(3)) / pace() < 0.5


def test_importing_the_library_opens_no_file_of_data_and_no_connection():
    code = """
import sys
opened = []
def watch(event, args):
    if event == "socket.connect" or (event == "open" and str(args[0]).endswith(
        (".safetensors", ".toml", ".jsonl", "user.txt", "manifest.json"))):
        opened.append((event, str(args[0])))
sys.addaudithook(watch)
import triage
print(opened)
"""
    assert in_a_fresh_process(code) == "[]"


def test_judging_a_text_opens_no_connection_and_brings_in_nothing_heavy():
    code = f"""
import sys
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise RuntimeError(event)
sys.addaudithook(refuse)
from triage import Feedback, Triage
Triage.load()(Feedback("a", "等了三天还没发货"))
print([m for m in {HEAVY!r} if m in sys.modules])
"""
    assert in_a_fresh_process(code) == "[]"

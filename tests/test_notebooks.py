"""The notebooks: what they say of themselves, what they use, and that they run."""

import ast
import json
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ALLOWED = {"triage", "numpy", "matplotlib"}
HAN = re.compile(r"[\u4e00-\u9fff]")
CPU_SECONDS = 40
# What is silent on the screen of a reader stops the notebook here: a letter that the font lacks
# (matplotlib only warns), a connection.
BEFORE = """
import sys, warnings
warnings.simplefilter("error")
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise RuntimeError(f"the notebook opens a connection: {event} {args}")
sys.addaudithook(refuse)
"""
AFTER = "import time; print(time.process_time())"


def read(path):
    return json.loads(path.read_text("utf-8"))


def sources(path, kind):
    cells = (cell for cell in read(path)["cells"] if cell["cell_type"] == kind)
    return ["".join(cell["source"]) for cell in cells]


def every_notebook(function):
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)(function)


def test_there_is_a_page_for_each_step_of_an_analyst():
    assert [path.stem for path in NOTEBOOKS] == [
        "01-look-at-your-data",
        "02-retrain-and-compare",
        "03-read-the-errors",
        "04-choose-what-to-label",
        "05-trends",
    ]


@every_notebook
def test_outputs_are_stripped(path):
    notebook = read(path)
    assert notebook["metadata"].keys() == {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@every_notebook
def test_only_the_library_and_what_it_brings_is_imported(path):
    trees = [ast.parse(source) for source in sources(path, "code")]
    found = {
        name.split(".")[0]
        for tree in trees
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "triage" in found
    assert found - ALLOWED - sys.stdlib_module_names == set()


@every_notebook
def test_the_first_cell_says_what_the_page_is(path):
    first = sources(path, "markdown")[0]
    assert read(path)["cells"][0]["cell_type"] == "markdown"
    number, *words = path.stem.split("-")
    assert first.startswith(f"# {int(number)} · {' '.join(words).capitalize()}\n")
    assert re.search(r"^\*\*.*？\*\*$", first, re.MULTILINE), "the question it answers, in bold"
    assert "pip install 'fenzhen[train]'" in first
    assert "不连网" in first


@every_notebook
def test_headings_are_english_and_words_are_chinese(path):
    for text in sources(path, "markdown"):
        for line in filter(None, text.split("\n")):
            if line.startswith("#"):
                assert HAN.search(line) is None
            else:
                assert HAN.search(line)


@every_notebook
def test_a_page_ends_with_what_follows(path):
    assert sources(path, "markdown")[-1].startswith("## What follows\n")
    assert read(path)["cells"][-1]["cell_type"] == "markdown"


@every_notebook
def test_links_lead_to_other_pages(path):
    for text in sources(path, "markdown"):
        for target in re.findall(r"\]\(([^)]+)\)", text):
            assert (path.parent / target).is_file()


@pytest.mark.slow
@every_notebook
def test_a_page_runs_without_a_warning_and_without_a_network(path):
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    cells = notebook.cells
    cells.insert(0, nbformat.v4.new_code_cell(BEFORE))
    cells.append(nbformat.v4.new_code_cell(AFTER))
    # A short path: the name of a socket may have a hundred characters.
    with tempfile.TemporaryDirectory() as place:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": place}
        kernel = AsyncKernelManager(
            kernel_name="python3", transport="ipc", connection_file=f"{place}/k.json"
        )
        client = NotebookClient(
            notebook, km=kernel, timeout=300, resources={"metadata": {"path": str(path.parent)}}
        )
        client.execute(env=environment, cleanup_kc=True)
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == sum("plt.show()" in source for source in sources(path, "code")) >= 1
    assert float(outputs[-1].text) < CPU_SECONDS

"""Runs what the README and the guides show.

A block of bash or python with `<!-- run -->` on the line before it is run from the root of the
checkout and must end with exit code 0. Where the next block has `<!-- output -->` before it,
each of its lines must occur in what was really printed, however wide the blanks in it are.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RUN, OUTPUT = "<!-- run -->", "<!-- output -->"
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)")
_COMMANDS = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
_PATIENCE = 600


class DocsError(AssertionError):
    """A page is marked wrongly, or does not do what it shows."""


@dataclass
class Block:
    """A fenced block: the comment on the line before it, its language, its lines."""

    place: str
    marker: str
    language: str
    lines: list[str] = field(default_factory=list)

    @property
    def code(self):
        return dedent("\n".join(self.lines)) + "\n"


@dataclass
class Example:
    """A block to run and the lines that its output must hold."""

    block: Block
    expected: list[str]


def blocks(text, name):
    """Return every fenced block of a page. Raises DocsError for a marker without a block."""
    found, fence, previous = [], None, ""
    for number, line in enumerate(text.splitlines(), 1):
        match = _FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2]:
                fence = None
            else:
                found[-1].lines.append(line)
        elif match:
            marker = previous if previous in (RUN, OUTPUT) else ""
            fence = match[1]
            found.append(Block(f"{name}:{number}", marker, match[2].lower()))
        elif previous in (RUN, OUTPUT):
            raise DocsError(f"{name}:{number - 1}: {previous} is not followed by a block")
        previous = line.strip()
    if previous in (RUN, OUTPUT):
        raise DocsError(f"{name}: {previous} is not followed by a block")
    return found


def examples(text, name):
    """Return what a page asks to be run. Raises DocsError where its markers make no sense."""
    found, last = [], None
    for block in blocks(text, name):
        if block.marker == RUN:
            if block.language not in _COMMANDS:
                raise DocsError(f"{block.place}: {block.language or 'no language'} cannot be run")
            found.append(Example(block, []))
        elif block.marker == OUTPUT:
            if last is None or last.marker != RUN:
                raise DocsError(f"{block.place}: output of what? No block to run stands before it")
            found[-1].expected += [line for line in block.lines if line.strip()]
        last = block
    return found


def run(example, root=ROOT):
    """Run an example. Raises DocsError if it fails or prints something else than it shows."""
    bin_folder = str(Path(sys.executable).parent)
    environment = os.environ | {
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", "")]),
        "PYTHONPATH": str(root),
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        [*_COMMANDS[example.block.language], example.block.code],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_PATIENCE,
        check=False,
    )
    printed = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise DocsError(f"{example.block.place} ended with {done.returncode}:\n{printed}")
    missing = [line for line in example.expected if _squeezed(line) not in _squeezed(printed)]
    if missing:
        shown = "\n".join(missing)
        raise DocsError(f"{example.block.place} does not print:\n{shown}\nbut:\n{printed}")


def _squeezed(text):
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def _collected():
    for page in PAGES:
        if page.exists():
            name = str(page.relative_to(ROOT))
            try:
                for example in examples(page.read_text(encoding="utf-8"), name):
                    yield pytest.param(example, id=example.block.place)
            except DocsError:
                continue  # told by the test of the markers below


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_marker_of_a_page_stands_before_a_block_it_fits(page):
    examples(page.read_text(encoding="utf-8"), page.name)


@pytest.mark.parametrize("example", list(_collected()))
def test_what_a_page_shows_works(example):
    run(example)


# The runner itself, on pages authored here


def page(*parts):
    return "\n".join(parts) + "\n"


def shown(language, *lines):
    return (f"```{language}", *lines, "```")


def only(text):
    (example,) = examples(text, "page.md")
    return example


def test_only_marked_blocks_are_run():
    text = page("# Title", *shown("bash", "exit 1"), "", RUN, *shown("bash", "true"), "Text")
    assert only(text).block.code == "true\n"


def test_a_marker_one_line_too_early_is_told():
    with pytest.raises(DocsError, match=r"page.md:1: <!-- run --> is not followed by a block"):
        examples(page(RUN, "", *shown("bash", "true")), "page.md")


def test_a_marker_at_the_end_of_a_page_is_told():
    with pytest.raises(DocsError, match="not followed by a block"):
        examples(page("Text", RUN), "page.md")


def test_a_marker_inside_a_block_is_text():
    assert examples(page(*shown("text", RUN, "oops")), "page.md") == []


def test_a_block_of_another_language_cannot_be_marked_to_run():
    with pytest.raises(DocsError, match="json cannot be run"):
        examples(page(RUN, *shown("json", "{}")), "page.md")


def test_output_without_a_block_to_run_is_told():
    with pytest.raises(DocsError, match="output of what"):
        examples(page(*shown("bash", "true"), OUTPUT, *shown("", "x")), "page.md")


def test_an_indented_block_is_run_without_its_indent():
    block = ("  ```python", "  if True:", "      print(1)", "  ```")
    assert only(page("- item", f"  {RUN}", *block)).block.code == "if True:\n    print(1)\n"


def test_a_longer_fence_may_hold_a_shorter_one():
    text = page(RUN, "````bash", "cat <<'X'", "```", "X", "````")
    assert only(text).block.lines == ["cat <<'X'", "```", "X"]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("bash", "echo 你好 && triage --help > /dev/null"),
        ("python", "import triage; print('你好')"),
    ],
)
def test_a_block_runs_with_this_project_at_hand(language, code):
    run(only(page(RUN, *shown(language, code), "", OUTPUT, *shown("", "你好"))))


def test_a_block_runs_in_the_root_of_the_checkout(tmp_path):
    example = only(page(RUN, *shown("bash", "pwd"), OUTPUT, *shown("text", str(tmp_path))))
    run(example, root=tmp_path)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("bash", "exit 3"),
        ("bash", "false; true"),
        ("bash", "false | true"),
        ("bash", "echo $NO_SUCH_NAME"),
        ("python", "raise SystemExit(1)"),
    ],
)
def test_a_block_that_fails_is_told_with_its_place(language, code):
    with pytest.raises(DocsError, match=r"page.md:2 ended with"):
        run(only(page(RUN, *shown(language, code))))


def test_a_line_that_is_not_printed_is_told():
    text = page(RUN, *shown("bash", "echo one; echo two >&2"), OUTPUT, *shown("", "two", "three"))
    with pytest.raises(DocsError, match="does not print:\nthree\nbut:") as caught:
        run(only(text))
    assert "one" in str(caught.value)


def test_blanks_in_a_line_of_output_do_not_matter():
    run(only(page(RUN, *shown("bash", "echo '   a   b '"), OUTPUT, *shown("", " a b", "", ""))))


def test_a_line_of_output_is_not_put_together_from_two():
    with pytest.raises(DocsError, match="does not print"):
        run(only(page(RUN, *shown("bash", "echo a; echo b"), OUTPUT, *shown("", "a b"))))

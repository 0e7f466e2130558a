"""Sections of words, tables and pictures, laid out as Markdown and as one HTML page."""

import base64
import html as escapes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = tuple[str, ...]
_NARROW = 12  # characters; shorter cells of a notebook are not broken: 改/对
# An underscore between letters is no mark-up: product_quality stays readable.
_MARKS = re.compile(r"[\\`*\[\]|~#]|(?<![^\W_])_|_(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; columns from `text_columns` on hold numbers and stand to the right."""

    head: Row
    rows: Sequence[Row]
    title: str = ""
    text_columns: int = 1

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it."""
        return notebook_table(self)


@dataclass(frozen=True, slots=True)
class Section:
    """A title, some sentences, a picture, and tables."""

    title: str
    words: Sequence[str] = ()
    image: str = ""
    tables: Sequence[Table] = ()


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Return the sections as Markdown; nothing a customer wrote becomes mark-up."""
    return "\n".join([f"# {_plain(title)}\n", *(_markdown_section(part) for part in sections)])


def _markdown_section(part: Section) -> str:
    picture = [f"![{_plain(part.title)}]({part.image})\n"] if part.image else []
    words = [f"{_plain(word)}\n" for word in part.words]
    tables = [markdown_table(table) for table in part.tables]
    return "\n".join([f"## {_plain(part.title)}\n", *words, *picture, *tables])


def markdown_table(table: Table) -> str:
    """Return one table as Markdown, with its title above it."""
    marks = ["---" if k < table.text_columns else "---:" for k in range(len(table.head))]
    rows = [table.head, *table.rows]
    lines = ["| " + " | ".join(_plain(cell) for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + "|".join(marks) + "|")
    head = [f"### {_plain(table.title)}\n"] if table.title else []
    return "\n".join([*head, *lines, ""])


def _plain(text: str) -> str:
    """Take the power of mark-up from a text and put it on one line."""
    one_line = " ".join(text.split())
    return _MARKS.sub(r"\\\g<0>", escapes.escape(one_line, quote=False))


_PAGE = """<!doctype html>
<html lang="zh-Hans">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
<main>
<h1>{title}</h1>
{body}
</main>
</html>
"""

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #777; }
body { font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; } h2 { margin: 2.5rem 0 .5rem; border-top: 1px solid var(--line);
  padding-top: 1rem; font-size: 1.25rem; }
p { max-width: 46rem; }
figure { margin: 1rem 0; overflow-x: auto; }
img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; }
.n { text-align: right; white-space: nowrap; }
"""


def html(title: str, sections: Sequence[Section], images: Mapping[str, bytes]) -> str:
    """Return one self-contained page; `images` are the PNG files that sections name."""
    body = "\n".join(_html_section(part, images) for part in sections)
    return _PAGE.format(title=escapes.escape(title), style=_STYLE, body=body)


def _html_section(part: Section, images: Mapping[str, bytes]) -> str:
    words = [f"<p>{escapes.escape(word)}</p>" for word in part.words]
    picture = [_picture(part.title, images[part.image])] if part.image else []
    tables = [_html_table(table) for table in part.tables]
    title = f"<h2>{escapes.escape(part.title)}</h2>"
    return "\n".join(["<section>", title, *words, *picture, *tables, "</section>"])


def _picture(title: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    name = escapes.escape(title)
    return f'<figure><img alt="{name}" src="data:image/png;base64,{data}"></figure>'


def _html_table(table: Table) -> str:
    title = f"<caption>{escapes.escape(table.title)}</caption>" if table.title else ""
    head = _html_row(table.head, "th", table.text_columns)
    rows = "\n".join(_html_row(row, "td", table.text_columns) for row in table.rows)
    return (
        f'<div class="wide"><table>{title}<thead>{head}</thead><tbody>{rows}</tbody></table></div>'
    )


def notebook_table(table: Table) -> str:
    """Return one table as HTML that brings its own style; nothing in it becomes mark-up."""
    title = f"<p><b>{escapes.escape(table.title)}</b></p>" if table.title else ""
    rows = [_styled_row(table.head, "th", table.text_columns)]
    rows += (_styled_row(row, "td", table.text_columns) for row in table.rows)
    return f"{title}<table>{''.join(rows)}</table>"


def _styled_row(row: Row, tag: str, text_columns: int) -> str:
    cells = (
        f'<{tag} style="text-align: {"left" if k < text_columns else "right"}; '
        f'white-space: {"nowrap" if len(cell) <= _NARROW else "normal"}">'
        f"{escapes.escape(cell)}</{tag}>"
        for k, cell in enumerate(row)
    )
    return f"<tr>{''.join(cells)}</tr>"


def shortened(text: str, most: int) -> str:
    """Return a text on one line, cut after `most` characters."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= most else f"{one_line[:most]}…"


def _html_row(row: Row, tag: str, text_columns: int) -> str:
    cells = (
        f"<{tag}{'' if k < text_columns else ' class=n'}>{escapes.escape(cell)}</{tag}>"
        for k, cell in enumerate(row)
    )
    return f"<tr>{''.join(cells)}</tr>"

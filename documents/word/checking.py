"""Checks of the tags in a Word template, whose faults name the paragraph or cell.

Word splits a tag over several runs, and Jinja reports lines of XML; users look for a paragraph or a cell. So the text
of each paragraph is joined, its tags are checked one by one, and every fault is reported with its place.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from docx.oxml.ns import qn
from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from documents.word.template_language import LOOP, REFUSED, FormEnvironment

Tree = dict[str, Any]  # the known names: None for a text, a Tree of the row's names for a list
TAG = re.compile(r"\{\{(?P<say>.*?)\}\}|\{%(?P<steer>.*?)%\}|\{#.*?#\}")
HALF = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
PREFIX = re.compile(r"^(?P<prefix>p|tr|tc|r)\s+(?P<rest>.*)$")
LOOP_WORDS = re.compile(r"^for\s+(?P<name>\w+)\s+in\s+(?P<rows>.+)$")
QUOTES = str.maketrans("“”‘’", "\"\"''")
MOST_FAULTS = 20
UNPAIRED = "花括号没有配对，或一个标记跨了两段；请在同一段里写全 {{ … }} 或 {% … %}"
UNKNOWN: tuple[str, Tree] = ("unknown", {})  # the value of a loop variable whose list was faulty


class TagFaultError(Exception):
    """A fault of one tag; the message is Chinese, without the place."""


@dataclass(frozen=True)
class OpenTag:
    """An open ``for`` or ``if``: its place and, for a loop, its variable and the names of the rows.

    ``rows`` is None for an ``if`` and for a loop whose list was faulty.
    """

    kind: str
    prefix: str
    place: str
    paragraph: Any
    tag: str
    name: str = ""
    rows: Tree | None = None


def located_paragraphs(part: Any, called: str) -> Iterator[tuple[str, Any]]:
    """Every paragraph of a body, header or footer (named ``called``) after its place in Chinese, counted from 1."""
    tables = list(part.iter(qn("w:tbl")))
    number = 0
    for paragraph in part.iter(qn("w:p")):
        cell = next(paragraph.iterancestors(qn("w:tc")), None)
        if cell is None:
            number += 1
            yield f"{called}第 {number} 段", paragraph
            continue
        row = cell.getparent()
        table = next(cell.iterancestors(qn("w:tbl")))
        rows, cells = list(table.iter(qn("w:tr"))), list(row.iter(qn("w:tc")))
        at = f"第 {tables.index(table) + 1} 张表格第 {rows.index(row) + 1} 行第 {cells.index(cell) + 1} 格"
        yield f"{called}{at}", paragraph


def element_text(element: Any) -> str:
    """The text of all runs of an element, joined."""
    return "".join(one.text or "" for one in element.iter(qn("w:t")))


class TemplateChecker:
    """Checks the tags of the parts of a template against the known names, and collects the faults."""

    def __init__(self, known: Tree) -> None:
        self.known, self.faults = known, list[str]()
        self.environment = FormEnvironment()
        self.open: list[OpenTag] = []

    def check(self, part: Any, called: str) -> list[str]:
        """The faults found so far, those of this body, header or footer included; at most ``MOST_FAULTS``."""
        for place, paragraph in located_paragraphs(part, called):
            text = element_text(paragraph)
            if HALF.search(TAG.sub("", text)):
                self._add_fault(place, text[:40], UNPAIRED)
            for tag in TAG.finditer(text):
                try:
                    self._check_tag(tag, place, paragraph)
                except TagFaultError as fault:
                    self._add_fault(place, tag[0], str(fault))
        for block in self.open:
            self._add_fault(block.place, block.tag, f"没有对应的 {{% end{block.kind} %}}，请补上")
        self.open = []
        return self.faults[:MOST_FAULTS]

    def _add_fault(self, place: str, tag: str, fault: str) -> None:
        self.faults.append(f"{place}，“{tag}”：{fault}。")

    def _check_tag(self, tag: re.Match[str], place: str, paragraph: Any) -> None:
        if tag["say"] is not None:
            self._check_output(tag["say"].strip())
        elif tag["steer"] is not None:
            words = tag["steer"].strip().strip("-").strip().translate(QUOTES)
            found = PREFIX.match(words)
            prefix, words = (found["prefix"], found["rest"].strip()) if found else ("", words)
            self._check_control(words, OpenTag(words.split()[0] if words else "", prefix, place, paragraph, tag[0]))
            self._check_stands_alone(prefix, tag[0], paragraph)

    def _check_stands_alone(self, prefix: str, tag: str, paragraph: Any) -> None:
        """Raise TagFaultError when a tag with p, tr or tc shares its paragraph, row or cell with other text."""
        # docxtpl replaces the whole paragraph, row or cell with the tag: other text in it would be lost.
        if prefix not in {"p", "tr", "tc"}:
            return
        holder = paragraph if prefix == "p" else next(paragraph.iterancestors(qn(f"w:{prefix}")), None)
        if holder is None:
            raise TagFaultError(f"{{%{prefix} … %}} 只能写在表格里")
        if element_text(holder).strip() != tag:
            raise TagFaultError(
                f"这个标记要单独占一{'段' if prefix == 'p' else '行' if prefix == 'tr' else '格'}，旁边的文字会丢失"
            )

    def _check_output(self, words: str) -> None:
        if words.startswith(("p ", "tr ", "tc ", "r ")):
            raise TagFaultError("占位符前不要写 p、tr、tc、r")
        if self._resolve_expression(words):
            raise TagFaultError(f"“{words}”是一张表，请用 {{%tr for 行 in {words} %}} 逐行取出")

    def _check_control(self, words: str, block: OpenTag) -> None:
        handlers = {
            "vm": self._check_merged_cells,
            "for": self._open_loop,
            "if": self._open_condition,
            "elif": self._check_branch,
            "else": self._check_branch,
            "endfor": self._close_tag,
            "endif": self._close_tag,
        }
        if block.kind not in handlers:
            raise TagFaultError(REFUSED)
        handlers[block.kind](words, block)

    def _check_merged_cells(self, _words: str, _block: OpenTag) -> None:
        if not any(one.kind == "for" for one in self.open):
            raise TagFaultError("{% vm %} 用来合并循环里的单元格，只能写在 for 里面")

    def _open_loop(self, words: str, block: OpenTag) -> None:
        found = LOOP_WORDS.match(words)
        if not found:
            raise TagFaultError("应写成 {%tr for 行 in 表名 %}")
        try:
            rows = self._resolve_expression(found["rows"])
            if rows is None:
                raise TagFaultError(f"“{found['rows']}”不是一张表，不能逐行取出")
        except TagFaultError:
            # Opened all the same, so that its end is no second fault; the names of its rows are unknown.
            self.open.append(replace(block, name=found["name"], rows=None))
            raise
        self.open.append(replace(block, name=found["name"], rows=rows))

    def _open_condition(self, words: str, block: OpenTag) -> None:
        self.open.append(block)
        self._resolve_expression(words.removeprefix("if").strip())

    def _check_branch(self, words: str, block: OpenTag) -> None:
        if not self.open or self.open[-1].kind != "if":
            raise TagFaultError("前面没有对应的 if")
        if block.kind == "elif":
            self._resolve_expression(words.removeprefix("elif").strip())

    def _close_tag(self, _words: str, block: OpenTag) -> None:
        kind = block.kind.removeprefix("end")
        if not self.open or self.open[-1].kind != kind:
            raise TagFaultError(f"前面没有对应的 {kind}")
        opening = self.open.pop()
        if opening.prefix != block.prefix:
            raise TagFaultError(f"应与{opening.place}的“{opening.tag}”写法一致，都写 {{%{opening.prefix} … %}}")
        if not opening.prefix and opening.paragraph is not block.paragraph:
            raise TagFaultError(f"{kind} 和 end{kind} 不在同一段，请写成 {{%p … %}}（整段）或 {{%tr … %}}（整行）")

    def _resolve_expression(self, words: str) -> Tree | None:
        """The names of the rows when the expression is a list, None when it is a text; raises TagFaultError.

        An unknown value gives an empty tree, so that no further fault follows from it.
        """
        try:
            parsed = self.environment.parse(f"{{{{ {words.translate(QUOTES)} }}}}")
        except TemplateSyntaxError as error:
            raise TagFaultError(REFUSED if error.message == REFUSED else f"写法有误，看不懂“{words}”") from error
        if not words or len(parsed.body) != 1:
            raise TagFaultError("标记里没有写占位符")
        (expression,) = parsed.body[0].nodes  # type: ignore[attr-defined]  # an output
        kind = self._resolve_node(expression)
        return kind[1] if kind and kind[0] in {"rows", "unknown"} else None

    def _resolve_node(self, node: nodes.Node) -> tuple[str, Tree] | None:
        """The kind (rows, row, unknown) and names of a node, None for a text; raises TagFaultError for its names."""
        if isinstance(node, nodes.Name):
            return self._resolve_name(node.name)
        if isinstance(node, nodes.Getattr):
            above = self._resolve_node(node.node)
            if above is UNKNOWN:
                return UNKNOWN
            words = node.node.name if isinstance(node.node, nodes.Name) else ""
            if above is None or above[0] != "row":
                raise TagFaultError(f"“{words}”没有下一级“{node.attr}”")
            return _look_up(node.attr, above[1], f"{words}.")
        for child in node.iter_child_nodes():
            self._resolve_node(child)
        return None

    def _resolve_name(self, name: str) -> tuple[str, Tree] | None:
        loops = [block for block in self.open if block.kind == "for"]
        if name == "loop" and loops:
            return "row", dict.fromkeys(LOOP)
        for block in reversed(loops):
            if block.name == name:
                return ("row", block.rows) if block.rows is not None else UNKNOWN
        return _look_up(name, self.known | {block.name: None for block in loops}, "")


def _look_up(name: str, known: Tree, before: str) -> tuple[str, Tree] | None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        meant = f"，是不是“{'”或“'.join(before + one for one in near)}”" if near else ""
        raise TagFaultError(
            f"没有“{before}{name}”这个占位符{meant}；可用的有：{'、'.join(before + one for one in known)}"
        )
    below = known[name]
    return ("rows", below) if isinstance(below, dict) else None

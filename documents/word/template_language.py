"""The language of templates: names, ``for`` and ``if``, and nothing else of Jinja.

There are three independent barriers: a node that is not in ``ALLOWED`` does not compile; attributes give only the keys
of plain dictionaries; and the environment is Jinja's sandbox. The process that renders also has resource limits.
"""

from __future__ import annotations

from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

LOOP = frozenset(("first", "last", "index", "length"))
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
REFUSED = "模板里只能用占位符、for 和 if，不能用函数、过滤器、运算或引入其他文件"


class FormEnvironment(SandboxedEnvironment):
    """A Jinja environment with names, loops and conditions only; values are escaped."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        # ``ALLOWED`` refuses calls and filters already; here they are removed as well.
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        refuse_all_but_allowed(parsed)
        return parsed

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The value of a key of a plain dictionary, or a counter of a loop; undefined for everything else."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)


def refuse_all_but_allowed(node: nodes.Node) -> None:
    """Raise TemplateSyntaxError at the first node that templates must not use."""
    is_plain_loop = not isinstance(node, nodes.For) or (isinstance(node.target, nodes.Name) and not node.recursive)
    # ``self`` is a name in Jinja for the template's own blocks, not a value of the content.
    is_template_itself = isinstance(node, nodes.Name) and node.name == "self"
    if not isinstance(node, ALLOWED) or not is_plain_loop or is_template_itself:
        raise TemplateSyntaxError(REFUSED, node.lineno)
    for child in node.iter_child_nodes():
        refuse_all_but_allowed(child)

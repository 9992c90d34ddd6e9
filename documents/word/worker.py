"""The process that opens templates: reads one request, answers with a file or with what is wrong, and ends.

Run as ``python -m documents.word.worker``. A template is a file from outside, so it is opened with limits on memory and
time, in a process that knows neither the database nor the settings. The request is JSON: the template in base64, the
content, and, for a template that is to be checked, the known names.
"""

from __future__ import annotations

import base64
import io
import json
import re
import resource
import sys
from typing import Any

from docx import Document
from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # it ships no types
from jinja2.exceptions import TemplateError
from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from documents.sandbox import answering
from documents.word.checking import Checker, Tree
from documents.word.template_language import FormEnvironment

MEMORY, SECONDS = 1 << 30, 20  # bytes of address space, seconds of the processor
LARGEST = 40 << 20  # bytes of an answer
NEW_LINE = re.compile(r"\n<w:p([ >])")


class Template(DocxTemplate):  # type: ignore[misc]  # it ships no types
    """docxtpl without what would change texts of the record or carry names of people along."""

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        """As docxtpl does, but {_{ in a text of the record stays what it is."""
        said = jinja_env.from_string(src_xml).render(context)
        return str(self.resolve_listing(said))

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Whoever wrote the template is nobody's business."""
        about = self.docx.core_properties
        about.author = about.last_modified_by = about.comments = about.title = about.subject = about.keywords = ""


def parts_of(document: Any) -> list[tuple[Any, str]]:
    """What of a file can hold tags, and what people call it."""
    found = [(document.element.body, "正文")]
    seen = set()
    for section in document.sections:
        for name, part in (
            ("页眉", section.header),
            ("页脚", section.footer),
            ("首页页眉", section.first_page_header),
            ("首页页脚", section.first_page_footer),
            ("偶数页页眉", section.even_page_header),
            ("偶数页页脚", section.even_page_footer),
        ):
            if not part.is_linked_to_previous and part.part.partname not in seen:
                seen.add(part.part.partname)
                found.append((part._element, name))
    return found


def outside(document: Any) -> list[str]:
    """What a file would fetch from elsewhere when it is opened, links to click on apart."""
    return [
        f"模板引用了外部内容（{relation.target_ref[:80]}），请改为嵌入或删除。"
        for part in document.part.package.iter_parts()
        for relation in part.rels.values()
        if relation.is_external and not relation.reltype.endswith("/hyperlink")
    ]


def filled(template: bytes, content: dict[str, Any]) -> bytes:
    """The template with the content put in."""
    document = Template(io.BytesIO(template))
    document.render(content, FormEnvironment(), autoescape=True)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def faults_of(template: bytes, known: Tree, sample: dict[str, Any]) -> list[str]:
    """What is wrong with a template: its tags, one by one, and then whether the sample can be put in."""
    try:
        document = Document(io.BytesIO(template))
        parts = parts_of(document)
    except (KeyError, ValueError, OSError, AttributeError, etree.XMLSyntaxError):
        return ["文件打不开，可能已经损坏；请用 Word 或 WPS 打开后另存为 .docx 再上传。"]
    checker = Checker(known)
    faults = outside(document)
    for part, called in parts:
        faults += [fault for fault in checker.check(part, called) if fault not in faults]
    if faults:
        return faults
    try:
        Document(io.BytesIO(filled(template, sample)))
    except TemplateError as error:
        return [f"用示例数据试填没有成功：{error.message or type(error).__name__}。"]
    except (KeyError, ValueError, etree.XMLSyntaxError) as error:
        return [
            f"用示例数据试填以后，文件不再完整（{error}）；请检查 for、if 和对应的 endfor、endif 是否在同一张表里。"
        ]
    return []


def main() -> None:
    """Answer the request on standard input."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    with answering(memory=MEMORY, seconds=SECONDS) as answer:
        request = json.load(sys.stdin.buffer)
        template = base64.b64decode(request["template"])
        if "known" in request:
            said = json.dumps(faults_of(template, request["known"], request["content"])).encode()
        else:
            said = filled(template, request["content"])
        if len(said) > LARGEST:
            raise MemoryError
        answer.write(said)


if __name__ == "__main__":
    main()

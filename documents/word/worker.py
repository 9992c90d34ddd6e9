"""The process that opens templates: answers with a file filled in, or with what is wrong with its template.

Run as ``python -m documents.word.worker``. A template is a file from outside, so it is opened with limits on memory and
time, in a process that knows neither the database nor the settings.
"""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document
from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # it ships no types
from jinja2.exceptions import TemplateError
from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from documents.sandbox.messages import Head, Message
from documents.sandbox.worker import limit_resources, serve
from documents.word.checking import TemplateChecker, Tree
from documents.word.template_language import FormEnvironment

MEMORY, SECONDS = 1 << 30, 20  # bytes of address space, seconds of the processor
LARGEST = 40 << 20  # bytes of a file that is answered with
LAST_WORDS = 64 << 10  # bytes: it writes no file but its complaints
NEW_LINE = re.compile(r"\n<w:p([ >])")


class WordTemplate(DocxTemplate):  # type: ignore[misc]  # it ships no types
    """docxtpl without what would change texts of the record or carry names of people along."""

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        """As docxtpl does, but {_{ in a text of the record stays what it is."""
        rendered = jinja_env.from_string(src_xml).render(context)
        return str(self.resolve_listing(rendered))

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Leave out who wrote the template."""
        about = self.docx.core_properties
        about.author = about.last_modified_by = about.comments = about.title = about.subject = about.keywords = ""


def document_parts(document: Any) -> list[tuple[Any, str]]:
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


def external_references(document: Any) -> list[str]:
    """What a file would fetch from elsewhere when it is opened, links to click on apart."""
    return [
        f"模板引用了外部内容（{relation.target_ref[:80]}），请改为嵌入或删除。"
        for part in document.part.package.iter_parts()
        for relation in part.rels.values()
        if relation.is_external and not relation.reltype.endswith("/hyperlink")
    ]


def fill_document(template: bytes, content: dict[str, Any]) -> bytes:
    """The template with the content put in."""
    document = WordTemplate(io.BytesIO(template))
    document.render(content, FormEnvironment(), autoescape=True)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def find_faults(template: bytes, known: Tree, sample: dict[str, Any]) -> list[str]:
    """What is wrong with a template: its tags, one by one, and then whether the sample can be put in."""
    try:
        document = Document(io.BytesIO(template))
        parts = document_parts(document)
    except (KeyError, ValueError, OSError, AttributeError, etree.XMLSyntaxError):
        return ["文件打不开，可能已经损坏；请用 Word 或 WPS 打开后另存为 .docx 再上传。"]
    checker = TemplateChecker(known)
    faults = external_references(document)
    for part, called in parts:
        faults += [fault for fault in checker.check(part, called) if fault not in faults]
    if faults:
        return faults
    try:
        Document(io.BytesIO(fill_document(template, sample)))
    except TemplateError as error:
        return [f"用示例数据试填没有成功：{error.message or type(error).__name__}。"]
    except (KeyError, ValueError, etree.XMLSyntaxError) as error:
        return [
            f"用示例数据试填以后，文件不再完整（{error}）；请检查 for、if 和对应的 endfor、endif 是否在同一张表里。"
        ]
    return []


def respond(request: Head, template: bytes) -> Message:
    """The template filled in or, where the known names are told, what is wrong with it."""
    if "known" in request:
        return {"faults": find_faults(template, request["known"], request["content"])}, b""
    filled = fill_document(template, request["content"])
    if len(filled) > LARGEST:
        raise MemoryError
    return {}, filled


def main() -> None:
    """Answer the request on standard input."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16, file_size=LAST_WORDS) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()

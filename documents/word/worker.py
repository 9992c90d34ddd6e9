"""The worker that opens Word templates: it answers with the filled file, or with the template's faults.

Run as ``python -m documents.word.worker``. A template is a file from outside, so it is opened with limits on memory and
time, in a process that has neither the database nor the settings.
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
LARGEST = 40 << 20  # bytes of a filled file
LAST_WORDS = 64 << 10  # bytes of standard error, the only file it writes
NEW_LINE = re.compile(r"\n<w:p([ >])")


class WordTemplate(DocxTemplate):  # type: ignore[misc]  # it ships no types
    """docxtpl without the features that change texts of records or keep the names of authors."""

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        """The part rendered as docxtpl does, but without turning {_{ in a text of a record into {{."""
        rendered = jinja_env.from_string(src_xml).render(context)
        return str(self.resolve_listing(rendered))

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Empty the properties that name the template's author."""
        about = self.docx.core_properties
        about.author = about.last_modified_by = about.comments = about.title = about.subject = about.keywords = ""


def document_parts(document: Any) -> list[tuple[Any, str]]:
    """The parts of a file that can hold tags, each once, with their Chinese names."""
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
    """Faults for external contents that the file would load when opened; hyperlinks are allowed."""
    return [
        f"模板引用了外部内容（{relation.target_ref[:80]}），请改为嵌入或删除。"
        for part in document.part.package.iter_parts()
        for relation in part.rels.values()
        if relation.is_external and not relation.reltype.endswith("/hyperlink")
    ]


def fill_document(template: bytes, content: dict[str, Any]) -> bytes:
    """The template filled with the content, as a .docx file; raises errors of Jinja, python-docx and lxml."""
    document = WordTemplate(io.BytesIO(template))
    document.render(content, FormEnvironment(), autoescape=True)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def find_faults(template: bytes, known: Tree, sample: dict[str, Any]) -> list[str]:
    """The faults of a template: unreadable file, external contents, its tags, and last a trial with the sample."""
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
        # Opened again: a loop across a table's border fills in without an error, but leaves a broken file.
        Document(io.BytesIO(fill_document(template, sample)))
    except TemplateError as error:
        return [f"用示例数据试填没有成功：{error.message or type(error).__name__}。"]
    except (KeyError, ValueError, etree.XMLSyntaxError) as error:
        return [
            f"用示例数据试填以后，文件不再完整（{error}）；请检查 for、if 和对应的 endfor、endif 是否在同一张表里。"
        ]
    return []


def respond(request: Head, template: bytes) -> Message:
    """The filled template or, when the request has ``known`` names, the template's faults."""
    if "known" in request:
        return {"faults": find_faults(template, request["known"], request["content"])}, b""
    filled = fill_document(template, request["content"])
    if len(filled) > LARGEST:
        raise MemoryError  # the worker dies, and the client reports that nothing was made
    return {}, filled


def main() -> None:
    """Answer the request on standard input, within the limits."""
    with limit_resources(memory=MEMORY, seconds=SECONDS, open_files=16, file_size=LAST_WORDS) as answers:
        serve(answers, respond)


if __name__ == "__main__":
    main()

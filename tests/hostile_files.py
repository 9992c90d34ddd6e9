"""Files to try the store with: more than a hundred that must not get in, and twenty that must; made on the spot."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}
KINDS = ("pdf", "docx", "xlsx", "pptx", "png", "jpg", "ofd", "wps", "et")
Entries = dict[str, bytes]


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **how: Any) -> bytes:
    """A small picture, saved as Pillow is told to."""
    written = io.BytesIO()
    Image.new("RGB", size, "#b3261e").save(written, kind, **how)
    return written.getvalue()


def pdf(extra: bytes = b"", trailer: bytes = b"") -> bytes:
    """One empty page, with more objects and more in the trailer if given."""
    objects = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    objects += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    end = b"trailer<</Root 1 0 R/Size 4" + trailer + b">>\nstartxref\n0\n%%EOF\n"
    return b"%PDF-1.7\n" + objects + extra + end


def packed(text: bytes) -> bytes:
    """A PDF that keeps an object in a compressed object stream."""
    stream = zlib.compress(text)
    head = b"9 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(stream)
    return pdf(head + stream + b"\nendstream endobj\n")


def container(entries: Entries, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these entries."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return written.getvalue()


def office(kind: str, more: Entries | None = None, types: bytes = b"", main: bytes = b"<x/>") -> bytes:
    """The least that is a Word document, a workbook or a presentation."""
    part, content_type = OFFICE[kind]
    declared = f'<Types><Override PartName="/{part}" ContentType="x.{content_type}"/>'.encode() + types + b"</Types>"
    return container({"[Content_Types].xml": declared, part: main} | (more or {}))


def ofd(more: Entries | None = None) -> bytes:
    """The least that is an OFD document."""
    return container({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<d/>"} | (more or {}))


def compound(*names: str) -> bytes:
    """Something like an older office file with these streams."""
    return COMPOUND + bytes(504) + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names) + bytes(512)


def good(kind: str) -> bytes:
    """A file of a kind that is taken."""
    makers: dict[str, Any] = {
        "pdf": pdf,
        "png": picture,
        "jpg": lambda: picture("JPEG"),
        "ofd": ofd,
        "wps": lambda: compound("WordDocument"),
        "et": lambda: compound("Workbook"),
    }
    return makers[kind]() if kind in makers else office(kind)


def good_files() -> Iterator[tuple[str, bytes]]:
    """Twenty files as offices have them, with their names."""
    for kind in KINDS:
        yield f"整改佐证.{kind}", good(kind)
    yield "现场照片.JPEG", picture("JPEG", (1200, 900))
    yield "扫描件.PDF", packed(b"<</Type/Page>>")
    yield "汇总表.et", office("xlsx")
    yield "说明.wps", office("docx")
    yield f"{'长' * 110}.pdf", pdf(b"% long\n")
    yield f"{'很长的文件名' * 30}.docx", office("docx", {"word/styles.xml": b"<styles/>"})
    yield "带图.docx", office("docx", {"word/media/image1.png": picture()})
    yield "带表.docx", office("docx", {"word/embeddings/table.xlsx": office("xlsx")})
    yield "  〔2026〕7号 通知（修订）.pdf ", pdf(b"% spaces\n")
    yield "e\u0301te\u0301.png", picture(size=(9, 9))  # combining accents, composed when shown
    yield "提到宏的.wps", compound("WordDocument") + "VBA 和 Macros 是什么".encode("utf-16-le")
    yield "多页.pptx", office("pptx", {f"ppt/slides/slide{n}.xml": b"<s/>" for n in range(40)})


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """More than a hundred files that must not get in, with their names."""
    yield from lies()
    yield from foreign_kinds()
    yield from polyglots()
    yield from forged()
    yield from acting_pdfs()
    yield from acting_office()
    yield from broken_containers()
    yield from spoilt()


def lies() -> Iterator[tuple[str, bytes]]:
    """Each kind under the name of every other that could not hold it."""
    likes = ({"wps", "docx"}, {"et", "xlsx"})
    for name in KINDS:
        for kind in KINDS:
            if kind != name and not any({name, kind} <= like for like in likes):
                yield f"{kind}冒充.{name}", good(kind)


def foreign_kinds() -> Iterator[tuple[str, bytes]]:
    """Kinds that are never taken, under their own names and under hidden ones."""
    page = b"<html><script>alert(1)</script></html>"
    for extension in ("html", "htm", "svg", "js", "exe", "bat", "sh", "php", "zip", "rar", "7z", "docm", "xlsm", "txt"):
        yield f"文件.{extension}", page
    yield "没有扩展名", pdf()
    yield "照片.jpg.exe", picture("JPEG")
    yield "cod.\u202efdp.exe", pdf()  # shown from right to left it would end in .pdf
    yield "文件.pdf\u200b.html", page
    yield "../../../etc/passwd", b"root:x:0:0"
    yield "网页.pdf", page
    yield "可执行.docx", b"MZ\x90\x00" + bytes(200)
    yield "脚本.png", b"#!/bin/sh\nrm -rf /\n"
    yield "空.pdf", b""


def polyglots() -> Iterator[tuple[str, bytes]]:
    """Two files in one."""
    archive, page = container({"a.html": b"<script/>"}), b"<html><script>alert(1)</script></html>"
    for kind in ("pdf", "png", "jpg"):
        yield f"尾随压缩包.{kind}", good(kind) + archive
        yield f"尾随网页.{kind}", good(kind) + page
        yield f"前置网页.{kind}", page + good(kind)
        yield f"尾随程序.{kind}", good(kind) + b"MZ\x90\x00" + bytes(3000)
    for kind in OFFICE:
        yield f"前置程序.{kind}", b"MZ\x90\x00" + bytes(60) + office(kind)
        yield f"前置图片.{kind}", picture() + office(kind)
    yield "图中脚本.jpg", picture("JPEG")[:-2] + b"<script>alert(1)</script>\xff\xd9"
    yield "图中网页.jpg", picture("JPEG")[:-2] + b"<svg onload=alert(1)>\xff\xd9"


def forged() -> Iterator[tuple[str, bytes]]:
    """Made by somebody who knows how the checks look at files."""
    script = b"4 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n"
    yield "注释里的流.pdf", pdf(b"% stream\n" + script + b"% endstream\n")
    yield "改写的对象流.pdf", packed(script).replace(b"/ObjStm", b"/Obj#53tm")
    yield "改写的加密.pdf", pdf(trailer=b"/Encr#79pt 5 0 R")
    yield "两重压缩.pdf", packed(script).replace(b"/FlateDecode", b"[/ASCIIHexDecode/FlateDecode]")
    yield "没有对象.pdf", b"%PDF-1.4 nothing startxref %%EOF"
    yield "许多流.pdf", pdf(b"stream\n" * 150_000)[:-6]
    yield "第二个结尾.png", picture() + b"<script>alert(1)</script>" + picture()[-12:]
    yield "第二个结尾.jpg", picture("JPEG") + b"%PDF-1.4 x" + b"\xff\xd9"
    yield "注释里是PDF.jpg", picture("JPEG", comment=pdf())
    yield "注释里是PDF.png", picture(pnginfo=noted(pdf()))
    yield "尾随分卷.jpg", picture("JPEG") + b"Rar!\x1a\x07\x00" + bytes(99)
    yield "巨图.png", huge_picture()
    yield "前置压缩包.docx", container({"a.txt": b"x"}) + office("docx")
    yield "尾随网页.xlsx", office("xlsx") + b"<html><script>alert(1)</script></html>"
    yield "嵌套宏.docx", office("docx", {"word/embeddings/a.docx": office("docx", {"word/vbaProject.bin": COMPOUND})})
    yield "嵌套宏文档.docx", office("docx", {"word/embeddings/a.docm": office("docx")})
    yield "夹带对象.docx", office("docx", {"word/embeddings/oleObject1.bin": compound("\x01Ole10Native")})
    yield "夹带对象.wps", compound("WordDocument", "\x01Ole10Native")
    yield "压缩损坏.docx", scrambled(zipfile.ZIP_DEFLATED)
    yield "压缩损坏.xlsx", scrambled(zipfile.ZIP_LZMA)


def huge_picture() -> bytes:
    """Says of itself that it has ten thousand million pixels."""
    data = bytearray(picture())
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def scrambled(method: int) -> bytes:
    """An office file whose compressed data is not what the method says."""
    kind = "docx" if method == zipfile.ZIP_DEFLATED else "xlsx"
    part, _ = OFFICE[kind]
    data = bytearray(container({part: b"<x>" + bytes(range(256)) * 40 + b"</x>"}, method=method))
    begin = 30 + len(part)
    data[begin + 4 : begin + 24] = b"\xff" * 20
    return bytes(data)


def acting_pdfs() -> Iterator[tuple[str, bytes]]:
    """PDF files that do something, hide something or cannot be read."""
    yield "脚本.pdf", pdf(b"4 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n")
    yield "改写的脚本.pdf", pdf(b"4 0 obj<</S/#4aavaScript/#4aS(app.alert(1))>>endobj\n")
    yield "压缩的脚本.pdf", packed(b"<</S/JavaScript/JS(app.alert(1))>>")
    yield "启动.pdf", pdf(b"4 0 obj<</S/Launch/F(cmd.exe)>>endobj\n")
    yield "压缩的启动.pdf", packed(b"<</S/Launch/F(cmd.exe)>>")
    yield "附件.pdf", pdf(b"4 0 obj<</Type/EmbeddedFile/Length 3>>stream\nabc\nendstream endobj\n")
    yield "媒体.pdf", pdf(b"4 0 obj<</Subtype/RichMedia>>endobj\n")
    yield "加密.pdf", pdf(trailer=b"/Encrypt 5 0 R")
    yield "炸弹.pdf", packed(bytes(300 * 1024 * 1024))
    yield "没有结尾.pdf", pdf()[:80]


def acting_office() -> Iterator[tuple[str, bytes]]:
    """Macros, controls, programs, templates from elsewhere, passwords."""
    remote = b'<Relationship Type="x/attachedTemplate" Target="http://a/b.dotm" TargetMode="External"/>'
    for kind in OFFICE:
        folder = OFFICE[kind][0].split("/")[0]
        yield f"宏.{kind}", office(kind, {f"{folder}/vbaProject.bin": COMPOUND})
        yield f"宏类型.{kind}", office(kind, types=b"<Override ContentType='x.macroEnabled.main+xml'/>")
        yield f"控件.{kind}", office(kind, {f"{folder}/activeX/activeX1.bin": b"x"})
        yield f"程序.{kind}", office(kind, {f"{folder}/embeddings/a.exe": b"MZ"})
        yield f"密码.{kind}", compound("EncryptedPackage", "EncryptionInfo")
        yield f"旧版.{kind}", compound("WordDocument", "Workbook")
    yield "外部模板.docx", office("docx", {"word/_rels/settings.xml.rels": remote})
    yield "旧版宏.wps", compound("WordDocument", "Macros")
    yield "旧版宏.et", compound("Workbook", "_VBA_PROJECT_CUR", "VBA")
    yield "密码.wps", compound("EncryptedPackage")


def broken_containers() -> Iterator[tuple[str, bytes]]:
    """Containers that would break whoever opens them."""
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for kind in OFFICE:
        yield f"实体.{kind}", office(kind, main=doctype)
        yield f"宽字符实体.{kind}", office(kind, main=doctype.decode().encode("utf-16"))
        yield f"向外.{kind}", office(kind, {"../../evil.xml": b"<x/>"})
        yield f"绝对路径.{kind}", office(kind, {"/etc/cron.d/x": b"x"})
        yield f"盘符.{kind}", office(kind, {"C:\\windows\\x": b"x"})
        yield f"太多部件.{kind}", office(kind, {f"x/{number}.xml": b"" for number in range(2100)})
        yield f"链接.{kind}", linked(kind)
    yield "炸弹.docx", office("docx", {"word/media/a.bin": bytes(210 * 1024 * 1024)})
    yield "谎报大小.xlsx", understated()
    yield "实体.ofd", ofd({"Doc_0/x.xml": doctype})
    yield "程序.ofd", ofd({"Doc_0/x.exe": b"MZ"})
    yield "不是版式.ofd", container({"x.xml": b"<x/>"})
    yield "带注释.docx", commented()
    yield "加密条目.docx", encrypted_entry()


def linked(kind: str) -> bytes:
    """With a symbolic link."""
    written = io.BytesIO(office(kind))
    with zipfile.ZipFile(written, "a") as file:
        entry = zipfile.ZipInfo("word/link")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    return written.getvalue()


def noted(text: bytes) -> PngInfo:
    """What is noted in a PNG before its picture."""
    notes = PngInfo()
    notes.add(b"teXt", text)
    return notes


def understated() -> bytes:
    """Says in its directory that an entry is small."""
    real = 210 * 1024 * 1024
    return office("xlsx", {"xl/a.bin": bytes(real)}).replace(real.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def commented() -> bytes:
    """With another file in its comment."""
    written = io.BytesIO(office("docx"))
    with zipfile.ZipFile(written, "a") as file:
        file.comment = b"%PDF-1.7 hidden"
    return written.getvalue()


def encrypted_entry() -> bytes:
    """Says that its entries are encrypted."""
    data = bytearray(office("docx"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    return bytes(data)


def spoilt() -> Iterator[tuple[str, bytes]]:
    """Cut off or scrambled."""
    for kind in KINDS:
        if kind not in {"wps", "et"}:
            yield f"截断.{kind}", good(kind)[: len(good(kind)) // 2]
            yield f"只有开头.{kind}", good(kind)[:8]

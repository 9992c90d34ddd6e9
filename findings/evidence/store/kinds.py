"""The allow-list of kinds of files, with the check of the content of each (ADR 10)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from documents.file_checks import containers, images, pdf_files
from documents.file_checks.rejections import RejectedError
from findings.evidence.store.names import extension_of

Check = Callable[[Path], None]  # raises RejectedError
CHECKS: dict[str, Check] = {
    "pdf": pdf_files.check_pdf,
    "png": images.check_png,
    "jpg": images.check_jpg,
    "docx": containers.check_docx,
    "xlsx": containers.check_xlsx,
    "pptx": containers.check_pptx,
    "ofd": containers.check_ofd,
    "wps": containers.check_wps,
    "et": containers.check_et,
}
# Of the sources of imports alone: they are given out as downloads and never shown.
TEXTS = {"txt", "html", "htm"}
OLDER: dict[str, Check] = {"doc": containers.check_doc, "rtf": containers.check_rtf}
TAKEN = "pdf、docx、xlsx、pptx、png、jpg、ofd、wps、et"
# What to do about kinds that people often have, by extension; for all others the accepted ones are named.
OFFICE, MACROS = "请另存为 {} 再上传。", "里面可能有宏；请另存为 {} 再上传。"
PHOTO, PACKED = "请另存为 jpg 或 png 再上传。", "请先解压，再选里面的文件。"
HEIC = "请先转为 jpg 再上传；手机相机选“兼容性最佳”，以后拍的就是 jpg。"
ADVICE = {
    "doc": OFFICE.format("docx"),
    "rtf": OFFICE.format("docx"),
    "xls": OFFICE.format("xlsx"),
    "ppt": OFFICE.format("pptx"),
    "docm": MACROS.format("docx"),
    "xlsm": MACROS.format("xlsx"),
    "pptm": MACROS.format("pptx"),
    "heic": HEIC,
    "heif": HEIC,
    "bmp": PHOTO,
    "gif": PHOTO,
    "tif": PHOTO,
    "tiff": PHOTO,
    "webp": PHOTO,
    "zip": PACKED,
    "rar": PACKED,
    "7z": PACKED,
    "mp4": "请截取几张画面存为 jpg 再上传。",
}
REFUSED, NAMELESS = "不接受“.{}”文件，", "不接受没有扩展名的文件，"
OTHERWISE = f"请转换为 {TAKEN} 之一再上传。"
SIGNATURES = (  # the first bytes and the extensions that may have them
    (b"%PDF-", {"pdf"}),
    (b"\x89PNG\r\n\x1a\n", {"png"}),
    (b"\xff\xd8\xff", {"jpg"}),
    (b"PK\x03\x04", {"docx", "xlsx", "pptx", "ofd", "wps", "et"}),
    # OLE: wps and et are accepted in it; the check of the others refuses it with a sentence about old formats.
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {"wps", "et", "docx", "xlsx", "pptx", "doc"}),
    (containers.RTF, {"rtf"}),
)


def recognise(path: Path, name: str, *, with_texts: bool = False) -> str:
    """The extension (without dot) of a file whose name and content agree; RejectedError otherwise.

    ``with_texts`` also takes plain texts, pages of the web and older documents, whose content the caller has read as a
    text.
    """
    extension = extension_of(name)
    is_text = with_texts and extension in TEXTS
    checks = CHECKS | OLDER if with_texts else CHECKS
    if extension not in checks and not is_text:
        refused = REFUSED.format(extension) if extension else NAMELESS
        raise RejectedError(refused + ADVICE.get(extension, OTHERWISE))
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise RejectedError("文件是空的（0 字节），请确认原文件能打开再上传。")
    if not is_text and not any(head.startswith(start) and extension in kinds for start, kinds in SIGNATURES):
        raise RejectedError(f"内容不是 {extension} 文件，请不要只改扩展名；请用原来的程序另存为 {extension} 再上传。")
    # A zip is read from its end, so that it can be appended to a valid picture or PDF.
    if (is_text or extension in {"pdf", "png", "jpg"}) and zipfile.is_zipfile(path):
        raise RejectedError(f"这个 {extension} 文件里还藏着一个压缩包，不能接收；请重新导出或重新扫描后上传。")
    if not is_text:
        checks[extension](path)
    return extension

"""Checks of office documents: zip containers (docx, xlsx, pptx, ofd, newer wps and et) and compound files (older)."""

from __future__ import annotations

import io
import lzma
import re
import stat
import zipfile
import zlib
from pathlib import Path

from documents.file_checks.rejections import RejectedError

MOST_ENTRIES, MOST_UNPACKED, CHUNK = 2_000, 200 * 1024 * 1024, 1 << 20
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = b"{\\rtf"
CARRIED = re.compile(rb"\\obj(?:data|emb|ocx|link|autlink)")
ACTIVE = re.compile(
    r"vbaproject\.bin|vbadata\.xml|/activex/|macrosheets/|\.(?:docm|dotm|xlsm|xltm|xlsb|pptm|zip|rar|7z|exe|dll|com|bat|cmd|js|vbs|ps1|hta|lnk|jar|html?|svg)$"
)
MACRO_TYPES = (b"macroEnabled", b"vbaProject")
REMOTE = re.compile(
    rb"attachedTemplate[^>]*TargetMode=[\"']External|TargetMode=[\"']External[\"'][^>]*attachedTemplate"
)
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
NESTED = (".docx", ".xlsx", ".pptx")  # embedded documents are checked as well
BROKEN = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
)
SPOILT = "文件已损坏或不完整，请用办公软件打开另存后上传。"


def check_docx(path: Path) -> None:
    """Raise RejectedError unless the file is a harmless Word document."""
    _check_office(path, "word/", b"wordprocessingml.document.main+xml")


def check_xlsx(path: Path) -> None:
    """Raise RejectedError unless the file is a harmless workbook."""
    _check_office(path, "xl/", b"spreadsheetml.sheet.main+xml")


def check_pptx(path: Path) -> None:
    """Raise RejectedError unless the file is a harmless presentation."""
    _check_office(path, "ppt/", b"presentationml.presentation.main+xml")


def check_ofd(path: Path) -> None:
    """Raise RejectedError unless the file is a harmless document in OFD, the national format (GB/T 33190)."""
    if "OFD.xml" not in _check_container(path):
        raise RejectedError("不是 OFD 版式文件，请用原来的程序另存为 ofd 或 pdf 再上传。")


def check_wps(path: Path) -> None:
    """Raise RejectedError unless the file is a harmless WPS text: a compound file, or a renamed Word document."""
    _check_older(path, ("WordDocument",), "word/", b"wordprocessingml.document.main+xml")


def check_doc(path: Path) -> None:
    """Raise RejectedError unless the file is a harmless Word document in the format before docx."""
    if not has_entry(path.read_bytes(), "WordDocument", "EncryptedPackage"):
        raise RejectedError("内容是旧版格式，却不是 Word 文件；请用办公软件打开，另存为 docx 后上传。")
    check_wps(path)


def check_rtf(path: Path) -> None:
    """Raise RejectedError unless the file is a text in RTF that carries nothing else."""
    data = path.read_bytes()
    if not data.startswith(RTF):
        raise RejectedError("内容和扩展名不符，请用办公软件打开另存后上传。")
    if CARRIED.search(data):
        raise RejectedError("文件里夹带了其他文件，不能接收；请删除夹带的对象后上传。")


def check_et(path: Path) -> None:
    """Raise RejectedError unless the file is a harmless WPS table: a compound file, or a renamed workbook."""
    _check_older(path, ("Workbook", "Book"), "xl/", b"spreadsheetml.sheet.main+xml")


def _check_older(path: Path, streams: tuple[str, ...], folder: str, main_type: bytes) -> None:
    data = path.read_bytes()
    if not data.startswith(COMPOUND):
        _check_office(path, folder, main_type)
        return
    _check_compound(data)
    if has_entry(data, "\x01Ole10Native"):
        raise RejectedError("文件里夹带了其他文件，不能接收；请删除夹带的对象后上传。")
    if not has_entry(data, *streams):
        raise RejectedError("内容和扩展名不符，请用 WPS 打开另存后上传。")


def has_entry(data: bytes, *names: str) -> bool:
    """Whether a compound file has a folder or stream with one of these names."""
    # Directory entries have 128 bytes and begin with the name in UTF-16, padded to 64 bytes.
    for name in names:
        entry, place = name.encode("utf-16-le").ljust(64, b"\0"), -1
        while (place := data.find(entry, place + 1)) >= 0:
            if place % 128 == 0:
                return True
    return False


def _check_compound(data: bytes) -> None:
    if has_entry(data, "EncryptedPackage"):
        raise RejectedError("文件设有打开密码，审核人打不开；请取消密码后上传。")
    if has_entry(data, "_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"):
        raise RejectedError("文件含有宏，不能接收；请另存为不含宏的格式后上传。")


def _check_office(path: Path, folder: str, main_type: bytes) -> None:
    data = path.read_bytes() if path.stat().st_size else b""
    if data.startswith(COMPOUND):  # an older format, or a document with a password
        _check_compound(data)
        raise RejectedError("内容是旧版格式，请用办公软件另存为新版格式（docx、xlsx、pptx）后上传。")
    names = _check_container(path)
    with zipfile.ZipFile(path) as container:
        types = container.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
        if any(kind in types for kind in MACRO_TYPES):
            raise RejectedError("文件含有宏，不能接收；请另存为不含宏的格式后上传。")
        if main_type not in types or not any(name.startswith(folder) for name in names):
            raise RejectedError("内容和扩展名不符，请用办公软件打开另存后上传。")


def _check_container(path: Path) -> set[str]:
    """The names in a container after all its entries were checked; RejectedError for a damaged or harmful one."""
    try:
        with path.open("rb") as file:
            names, _ = _open_container(file.read(), MOST_UNPACKED)
            return names
    except BROKEN as error:
        raise RejectedError(SPOILT) from error


def _open_container(data: bytes, room: int) -> tuple[set[str], int]:
    """The names in a container, and the bytes that may still be unpacked of ``room``."""
    # Nothing before the first entry or after the end record: a file must not be a second format besides.
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        starts = [entry.header_offset for entry in container.infolist()]
        if not starts or min(starts) != 0 or data[:4] != b"PK\x03\x04" or data[-22:-18] != b"PK\x05\x06":
            raise RejectedError("文件前后夹带了其他内容，不能接收；请用办公软件打开另存后上传。")
        return _check_entries(container, room)


def _check_entries(container: zipfile.ZipFile, room: int) -> tuple[set[str], int]:
    entries = container.infolist()
    if len(entries) > MOST_ENTRIES:
        raise RejectedError(f"文件内部有 {len(entries)} 个部件，超过 {MOST_ENTRIES} 个，不能接收。")
    names = {entry.filename for entry in entries}
    # Of two entries with one name another program might open the one that was not checked.
    if len(names) != len(entries):
        raise RejectedError("文件内部有重名的部件，不能接收；请用办公软件打开另存后上传。")
    for entry in entries:
        _check_entry(entry)
        room = _check_content(container, entry, room)
        if entry.filename.lower().endswith(NESTED):
            inner, room = _open_container(container.read(entry), room)
            if "[Content_Types].xml" not in inner:
                raise RejectedError("文件里夹带了压缩包，不能接收；请删除夹带的对象后上传。")
        elif entry.filename.lower().endswith(".bin") and has_entry(container.read(entry), "\x01Ole10Native"):
            raise RejectedError("文件里夹带了其他文件，不能接收；请删除夹带的对象后上传。")
    return names, room


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if entry.flag_bits & 0x1:
        raise RejectedError("文件设有打开密码，审核人打不开；请取消密码后上传。")
    if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
        raise RejectedError("文件内部有指向外面的路径，不能接收。")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RejectedError("文件内部有链接，不能接收。")
    if ACTIVE.search(name.lower()):
        raise RejectedError("文件含有宏、控件或夹带的程序，不能接收；请另存为不含宏的格式后上传。")


def _check_content(container: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """Unpack and check an entry; returns the bytes that may still be unpacked.

    The bytes are counted as they come out, because the sizes that a container states can be false.
    """
    is_xml = entry.filename.lower().endswith((".xml", ".rels"))
    before = b""
    with container.open(entry) as part:
        while chunk := part.read(CHUNK):
            room -= len(chunk)
            if room < 0:
                raise RejectedError(f"文件解开以后超过 {MOST_UNPACKED // 1024**2} MB，不能接收。")
            # With the end of the previous chunk, for a declaration across the border; without NULs for UTF-16.
            searched = before + chunk
            if is_xml and (DOCTYPE.search(searched) or DOCTYPE.search(searched.replace(b"\0", b""))):
                raise RejectedError("文件内部有不安全的声明（DTD），不能接收；请用办公软件打开另存后上传。")
            if is_xml and REMOTE.search(searched):
                raise RejectedError("文件会从外部地址加载模板，不能接收；请去掉外部模板后上传。")
            before = chunk[-512:]
    return room

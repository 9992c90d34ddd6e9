"""Reading files at the end of a Debian package on an HTTP server without downloading its beginning.

A ``.deb`` is an ``ar`` archive whose last member, ``data.tar.xz``, holds the files. dpkg compresses it in blocks (24
MiB before compression) that can be unpacked separately; the xz index at the end tells where each begins. apt's
signature covers only whole packages, so every file is checked against a digest that the caller knows.
"""

import hashlib
import lzma
import tarfile
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

AR_MAGIC = b"!<arch>\n"
AR_HEADER = 60  # bytes
XZ_HEADER = 12  # bytes, as long as the footer
TAR_RECORD = 512  # bytes
TIMEOUT = 60  # seconds without an answer


class LayoutError(ValueError):
    """The server or the package lacks what this module needs; the whole package has to be downloaded."""


class RemoteFile:
    """A file on an HTTP server that supports range requests; ``downloaded`` counts the received bytes.

    ``proxies`` maps schemes to addresses; without it the environment's proxies are used. LayoutError for other
    addresses.
    """

    def __init__(self, url: str, proxies: Mapping[str, str] | None = None) -> None:
        if not url.startswith(("http://", "https://")):
            raise LayoutError(f"{url} is not on an HTTP server")
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler(dict(proxies) if proxies else None))
        self.downloaded = 0

    def read(self, start: int, size: int) -> bytes:
        """``size`` bytes from ``start``; OSError for network errors, LayoutError for any other answer."""
        request = urllib.request.Request(self.url, headers={"Range": f"bytes={start}-{start + size - 1}"})  # noqa: S310 - checked above
        with self.opener.open(request, timeout=TIMEOUT) as answer:
            if answer.status != 206:
                raise LayoutError("the server gives only whole files")
            content: bytes = answer.read()
        self.downloaded += len(content)
        if len(content) != size:
            raise LayoutError(f"{len(content)} bytes came instead of {size}")
        return content


@dataclass(frozen=True, slots=True)
class XzBlock:
    """A block of an xz stream: its place in the remote file, and the position of its content in the unpacked one."""

    start: int
    size: int
    position: int


def files_from_the_end(remote: RemoteFile, digests: Mapping[str, str]) -> dict[str, bytes]:
    """The content of the files with these base names and SHA-256 digests, from as few last blocks as possible.

    LayoutError when the package lacks them or cannot be read in parts, OSError for network errors.
    """
    start, size = data_member(remote)
    # The stream's header in front of a block makes a stream that can be unpacked.
    header = remote.read(start, XZ_HEADER)
    data = b""
    for block in reversed(xz_blocks(remote, start, size)):
        packed = remote.read(block.start, block.size)
        try:
            data = lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(header + packed) + data
        except lzma.LZMAError as error:
            raise LayoutError(f"a block cannot be unpacked: {error}") from error
        found = {
            name: content
            for name, content in tar_files(data, -block.position % TAR_RECORD)
            if hashlib.sha256(content).hexdigest() == digests.get(name)
        }
        if found.keys() == digests.keys():
            return found
    raise LayoutError("the package does not hold the files as they are known")


def data_member(remote: RemoteFile) -> tuple[int, int]:
    """The start of ``data.tar.xz`` in the package, and its size in bytes."""
    if remote.read(0, len(AR_MAGIC)) != AR_MAGIC:
        raise LayoutError("this is no Debian package")
    position = len(AR_MAGIC)
    for _ in range(3):
        header = remote.read(position, AR_HEADER)
        name, size = header[:16].strip(), header[48:58].strip()
        if not size.isdigit():
            raise LayoutError("this is no Debian package")
        if name.rstrip(b"/") == b"data.tar.xz":
            return position + AR_HEADER, int(size)
        # Members of an ar archive start at even offsets.
        position += AR_HEADER + int(size) + int(size) % 2
    raise LayoutError("the package is not compressed with xz")


def xz_blocks(remote: RemoteFile, start: int, size: int) -> list[XzBlock]:
    """The blocks of the xz stream at ``start``, read from the index at its end."""
    footer = remote.read(start + size - XZ_HEADER, XZ_HEADER)
    if footer[-2:] != b"YZ":
        raise LayoutError("the xz stream does not end with a footer")
    # The footer stores the size of the index in units of four bytes, minus one.
    index_size = (int.from_bytes(footer[4:8], "little") + 1) * 4
    numbers = index_numbers(remote.read(start + size - XZ_HEADER - index_size, index_size))
    blocks = []
    offset, position = start + XZ_HEADER, 0
    for _ in range(next(numbers)):
        packed, unpacked = next(numbers), next(numbers)
        blocks.append(XzBlock(offset, packed + -packed % 4, position))
        offset += blocks[-1].size
        position += unpacked
    return blocks


def index_numbers(index: bytes) -> Iterator[int]:
    """The numbers of an xz index: the count of blocks, then of each its packed and unpacked size in bytes."""
    number = shift = 0
    for byte in index[1:]:  # the first marks the index
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0


def tar_files(data: bytes, start: int) -> Iterator[tuple[str, bytes]]:
    """Base name and content of every file that lies completely in a piece of a tar archive.

    ``start`` is the offset of the first record in the piece.
    """
    for offset in range(start, len(data), TAR_RECORD):
        record = data[offset : offset + TAR_RECORD]
        if record[257:262] != b"ustar":
            continue
        try:
            member = tarfile.TarInfo.frombuf(record, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            continue  # the inside of a file that looks like a record
        first, last = offset + TAR_RECORD, offset + TAR_RECORD + member.size
        if member.isfile() and last <= len(data):
            yield member.name.rpartition("/")[2], data[first:last]

"""The worker that makes PDF files: the request has the profile and the document, the answer is the file.

Run as ``python -m documents.pdf.worker CACHE``; the only module that imports weasyprint. It opens no address and reads
no files but fonts: the text is never HTML.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, cast

# It ships no types.
from weasyprint.document import Document as WeasyDocument  # type: ignore[import-untyped]
from weasyprint.pdf.metadata import DocumentMetadata  # type: ignore[import-untyped]
from weasyprint.text.ffi import TO_UNITS, ffi, fontconfig, gobject, harfbuzz, pango, unicode_to_char_p  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration, get_pango_font_hb_face  # type: ignore[import-untyped]
from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

from documents.document import Document
from documents.pdf.font_index import FaceTable, face_table
from documents.pdf.page_content import Glyph, PageContent
from documents.pdf.structure import add_structure
from documents.sandbox.messages import RESTART, Head, Message
from documents.sandbox.worker import limit_resources, serve
from documents.typesetting.pages import set_pages
from documents.typesetting.profiles import BlockStyle, Family, Profile

MEMORY = 1 << 30  # bytes of address space
LANGUAGE = "zh-CN"
WEIGHTS = {False: 400, True: 700}


class RenderingRefusal(Exception):  # noqa: N818 - an answer, not a mistake
    """The document cannot be rendered; the client makes a message of ``code`` (glyphs, fonts) and ``details``."""

    def __init__(self, code: str, *details: str) -> None:
        super().__init__(code, *details)
        self.code = code
        self.details = details


class DenyAll(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
    """The fetcher that refuses every address; our documents refer to none, so it is never called."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        """Raise ValueError for every address."""
        raise ValueError(f"no address is opened while a report is rendered: {url[:200]}")


class LoadedFace:
    """A loaded face of a font file, and the characters that the current document uses of it."""

    def __init__(self, pango_font: Any, table: FaceTable) -> None:
        self.pango_font = pango_font
        self.table = table
        self.used: set[str] = set()

    def resource(self, stream: Any) -> str:
        """The resource name of the face in the file of ``stream``; embeds it with the used glyphs at the first call."""
        font, _ = stream.add_font(self.pango_font)
        if not font.to_unicode:
            table = self.table
            font.to_unicode.update({table.glyphs[char]: char for char in sorted(self.used, reverse=True)})
            font.widths.update({table.glyphs[char]: round(1000 * table.width(char)) for char in self.used})
        return str(font.hash)

    def glyph(self, character: str) -> Glyph | None:
        """The glyph of a character, which is then marked as used; None where the face does not have it."""
        table = self.table
        number = table.glyphs.get(character)
        if number is None:
            return None
        self.used.add(character)
        return Glyph(self, f"{number:04x}", table.width(character), table.dash_top)


class FontCollection:
    """The fonts that fontconfig lists, each loaded when a style first needs it."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.configuration = FontConfiguration()
        context = pango.pango_font_map_create_context(self.configuration.font_map)
        self.context = ffi.gc(context, gobject.g_object_unref)
        self.files: dict[Family, list[Path]] = {}
        for family, path in self._installed_faces():
            self.files.setdefault(family, []).append(path)
        self.faces: dict[Family, LoadedFace | None] = {}

    def _installed_faces(self) -> Iterator[tuple[Family, Path]]:
        """Every face by each of its family names, in all languages and in lower case, with its file."""
        fonts = fontconfig.FcConfigGetFonts(self.configuration._config, fontconfig.FcSetSystem)
        for index in range(fonts.nfont):
            pattern = fonts.fonts[index]
            path = Path(next(_pattern_strings(pattern, b"file")))
            bold = any("bold" in style.casefold() for style in _pattern_strings(pattern, b"style"))
            for name in _pattern_strings(pattern, b"family"):
                yield Family(name.casefold(), bold), path

    def face(self, family: Family) -> LoadedFace | None:
        """The loaded face of a family, None when it is not installed."""
        if family not in self.faces:
            paths = self.files.get(Family(family.name.casefold(), family.bold), [])
            self.faces[family] = self._load(family, paths) if paths else None
        return self.faces[family]

    def _load(self, family: Family, paths: list[Path]) -> LoadedFace | None:
        """The face that Pango chooses for a family, None when it chose another family's file."""
        # Pango does not name the file it chose; where several have the name, it is the one of the same size.
        description = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
        name, _keep = unicode_to_char_p(family.name)
        pango.pango_font_description_set_family(description, name)
        pango.pango_font_description_set_weight(description, WEIGHTS[family.bold])
        pango.pango_font_description_set_absolute_size(description, 16 * TO_UNITS)
        font = pango.pango_font_map_load_font(self.configuration.font_map, self.context, description)
        hb_face = get_pango_font_hb_face(font)
        blob = harfbuzz.hb_face_reference_blob(hb_face)
        size = harfbuzz.hb_blob_get_length(blob)
        harfbuzz.hb_blob_destroy(blob)
        number = harfbuzz.hb_face_get_index(hb_face)
        for path in paths:
            if path.stat().st_size == size:
                return LoadedFace(font, face_table(path, number, self.cache))
        return None


class GlyphMap(dict[str, Glyph]):
    """The glyphs of a style by character, each from the first face that has it; ``missing`` lists those without one.

    Raises ``RenderingRefusal`` when none of the style's families is installed.
    """

    def __init__(self, fonts: FontCollection, style: BlockStyle) -> None:
        super().__init__()
        self.fonts = fonts
        self.families = style.families
        self.missing: list[str] = []
        if not any(self._faces()):
            raise RenderingRefusal("fonts", *(family.name for family in style.families))

    def _faces(self, character: str = "") -> Iterator[LoadedFace]:
        """The installed faces for a character in order, each loaded only when the ones before it lack it."""
        families = (family for family in self.families if family.covers(character))
        return (face for family in families if (face := self.fonts.face(family)))

    def __missing__(self, character: str) -> Glyph:
        glyph = next(filter(None, (face.glyph(character) for face in self._faces(character))), None)
        if glyph is None:
            self.missing.append(character)
            glyph = Glyph(next(self._faces()), "0000", 1.0, 0.0)
        self[character] = glyph
        return glyph


def _pattern_strings(pattern: Any, name: bytes) -> Iterator[str]:
    """All values of a fontconfig property of type string."""
    value = ffi.new("FcChar8 **")
    order = 0
    while fontconfig.FcPatternGetString(pattern, name, order, value) == fontconfig.FcResultMatch:
        yield ffi.string(value[0]).decode(errors="replace")
        order += 1


def render(request: Head, fonts: FontCollection) -> Message:
    """The number of pages and the fonts used, and the file. Raises ``RenderingRefusal``."""
    profile = Profile.from_dict(request["profile"])
    document = Document.from_dict(request["document"])
    for face in fonts.faces.values():
        if face:
            face.used.clear()
    maps: dict[BlockStyle, GlyphMap] = {}

    def glyphs_for(style: BlockStyle) -> GlyphMap:
        if style not in maps:
            maps[style] = GlyphMap(fonts, style)
        return maps[style]

    def width_for(style: BlockStyle) -> Callable[[str], float]:
        glyphs = glyphs_for(style)
        return lambda character: glyphs[character].width

    pages = set_pages(document.blocks, profile, width_for)
    numbering = glyphs_for(profile.page_number)
    # Looked up now, so that missing digits are found before anything is written.
    for character in f"— {''.join(map(str, range(10)))}":
        _ = numbering[character]
    if missing := sorted({character for glyphs in maps.values() for character in glyphs.missing}):
        raise RenderingRefusal("glyphs", *missing)
    sheets = [
        PageContent(number, page, document.blocks, profile, glyphs_for) for number, page in enumerate(pages, start=1)
    ]
    used = sorted(face.table.name for face in fonts.faces.values() if face and face.used)
    content = _write_pdf(document, sheets, fonts)
    return {"pages": len(sheets), "fonts": used}, content


def _write_pdf(document: Document, sheets: list[PageContent], fonts: FontCollection) -> bytes:
    """A tagged PDF with title and language, without metadata about people or places."""
    metadata = DocumentMetadata(title=document.name, lang=LANGUAGE)
    pages = WeasyDocument(sheets, metadata, DenyAll(), fonts.configuration, {}, None)

    def finish(_: Any, pdf: Any) -> None:
        add_structure(pdf, sheets, document.blocks)
        metadata.include_in_pdf(pdf, "ua", 1, None, True)

    return cast(bytes, pages.write_pdf(finisher=finish, pdf_version="1.7"))


def respond(fonts: FontCollection, request: Head, _content: bytes) -> Message:
    """The answer to a request, or the refusal's code and details, after which the worker restarts.

    A new worker finds fonts that were installed since.
    """
    try:
        return render(request, fonts)
    except RenderingRefusal as refusal:
        return {"refused": refusal.code, "details": refusal.details, RESTART: True}, b""


def main() -> None:
    """Answer requests on standard input until it ends."""
    with limit_resources(memory=MEMORY) as answers:
        serve(answers, partial(respond, FontCollection(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()

"""The fontconfig file of the PDF worker: the office's own fonts first, then the free ones, then the system's."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings

SYSTEM_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cache}</cachedir>
  <!-- Fandol's bold faces do not say in numbers that they are. -->
  <match target="scan">
    <test name="style" compare="contains"><string>Bold</string></test>
    <edit name="weight" mode="assign"><const>bold</const></edit>
  </match>
</fontconfig>
"""


def font_cache() -> Path:
    """The folder for the caches of fontconfig and for our font indexes."""
    return Path(settings.FONT_DIR).parent / "font-cache"


def write_font_configuration(cache: Path) -> Path:
    """Write a fontconfig file with the font folders, the office's first, and return its path. Raises ``OSError``."""
    cache.mkdir(parents=True, exist_ok=True)
    folders = [settings.OFFICE_FONT_DIR, settings.FONT_DIR, *SYSTEM_FONTS]
    text = FONTS_CONF.format(
        folders="\n".join(f"  <dir>{escape(str(folder))}</dir>" for folder in folders if folder),
        cache=escape(str(cache / "fontconfig")),
    )
    # Named by its content: two processes with different settings must not read each other's file.
    path = cache / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not path.is_file():
        # Renamed into place, so that another process never reads half a file.
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    return path

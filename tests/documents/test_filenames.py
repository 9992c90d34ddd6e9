"""Names of files and folders."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from documents.filenames import safe_file_name, safe_name


@given(text=st.text(max_size=200), longest=st.integers(10, 80))
@example(text="CON", longest=40)
@example(text="com1.txt", longest=40)
@example(text="../../etc/passwd", longest=40)
@example(text='a<b>c:d"e/f\\g|h?i*j', longest=40)
@example(text="结尾是点。. . .", longest=40)
@example(text="\u202egnp.exe", longest=40)
def test_names_are_taken_by_every_system(text: str, longest: int) -> None:
    for name in (safe_name(text, longest), safe_file_name(text, longest)):
        assert name
        assert not set(name) & set('<>:"/\\|?*\n\r\t\0\u202e')
        assert name == name.strip(" ")
        assert not name.endswith(".")
        assert len(name) <= longest + 2
        assert name.split(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}

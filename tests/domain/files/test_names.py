"""Names of files as they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.files.kinds import FileKind
from portal.domain.files.names import NAME_MAX, shown_name


@pytest.mark.parametrize(
    ("given_name", "kind", "shown"),
    [
        ("路灯.jpg", FileKind.JPEG, "路灯.jpg"),
        ("IMG_0001.HEIC", FileKind.JPEG, "IMG_0001.jpg"),
        ("C:\\Users\\周\\合同.pdf", FileKind.PDF, "合同.pdf"),
        ("/etc/../passwd", FileKind.PDF, "passwd.pdf"),
        ("bill\u202efdp.exe", FileKind.PDF, "billfdp.pdf"),
        ("a\r\nSet-Cookie: b.pdf", FileKind.PDF, "aSet-Cookie b.pdf"),
        ("  两  个   空格 .docx", FileKind.DOCX, "两 个 空格.docx"),
        ("...", FileKind.XLSX, "附件.xlsx"),
        ("", FileKind.JPEG, "附件.jpg"),
        (None, FileKind.PNG, "附件.png"),
        ("v1.2 说明", FileKind.PDF, "v1.2 说明.pdf"),
        ("合同.docx.pdf", FileKind.PDF, "合同.docx.pdf"),
    ],
)
def test_a_name_is_safe_and_ends_as_the_file_is(
    given_name: str | None, kind: FileKind, shown: str
) -> None:
    """Neither paths nor control characters nor a false ending stay."""
    assert shown_name(given_name, kind) == shown


@given(st.text(max_size=300), st.sampled_from(FileKind))
def test_every_name_fits_everywhere(given_name: str, kind: FileKind) -> None:
    """It is short, has no separators, and the same name again stays."""
    shown = shown_name(given_name, kind)
    assert shown.endswith(kind.ending)
    assert len(kind.ending) < len(shown) <= NAME_MAX
    assert not set(shown) & set('/\\\0\r\n"<>:|?*;')
    assert shown_name(shown, kind) == shown


def test_a_long_name_is_cut_before_its_ending() -> None:
    """Eighty characters with it."""
    assert shown_name("路" * 200 + ".pdf", FileKind.PDF) == "路" * 76 + ".pdf"

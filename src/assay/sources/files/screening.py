"""The first look at a file's bytes: its hash, what it is, and whether it is clean text.

Bytes that are no UTF-8 and NULs are replaced by a sign that the file does not contain, so that the reader keeps every
row in its place and the rows with the sign can be rejected one by one.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assay.errors import UsageError

_CHUNK = 1 << 24
_PACKED = {
    b"\x1f\x8b": "packed with gzip",
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
}


@dataclass(frozen=True)
class Screened:
    """A file that can be read: its own path, or that of its cleaned copy."""

    path: Path
    sha256: str
    form: Literal["parquet", "text"]
    lines: int
    bad_sign: str | None
    note: str = ""


def screen(file: Path, scratch: Path) -> Screened:
    """Read the file once; a `UsageError` says what it is if it cannot be imported."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise UsageError(f"{file} is not a file.", "Name a CSV, Parquet or text file.")
        return _screen(file, scratch)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}.", "Check the path and its permissions.") from error


def _screen(file: Path, scratch: Path) -> Screened:
    digest, lines, clean = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    head, last = b"", b""
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            head = head or chunk[:8]
            digest.update(chunk)
            lines += chunk.count(b"\n")
            last = chunk[-1:]
            clean = clean and b"\0" not in chunk and _decodes(decoder, chunk)
    clean = clean and _decodes(decoder, b"", final=True)
    if not head:
        raise UsageError(f"{file} is empty.", "Export it again; there is nothing to import.")
    for magic, what in _PACKED.items():
        if head.startswith(magic):
            raise UsageError(f"{file} is {what}.", "Unpack it, or save it as CSV, and import that file.")
    if head.startswith(b"PAR1"):
        return Screened(file, digest.hexdigest(), "parquet", 0, None)
    lines += last != b"\n"
    if clean:
        return Screened(file, digest.hexdigest(), "text", lines, None)
    return _cleaned(file, scratch, digest.hexdigest(), head)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _cleaned(file: Path, scratch: Path, sha256: str, head: bytes) -> Screened:
    data = file.read_bytes()
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text, note = data.decode("utf-16", "replace"), "The file is UTF-16 text."
    else:
        text, note = data.decode("utf-8", "surrogateescape"), ""
    sign = next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    text = re.sub("[\0\ufffd\udc80-\udcff]" if note else "[\0\udc80-\udcff]", sign, text)
    copy = scratch / "clean.txt"
    copy.write_text(text, "utf-8", newline="")
    return Screened(copy, sha256, "text", text.count("\n") + (not text.endswith("\n")), sign, note)

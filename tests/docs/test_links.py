"""Links lead somewhere, and no file names the host that packages come from."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.documents import ROOT, Document, documents

PACKAGE_HOST = re.compile(r"\b(pypi|pythonhosted|npmjs|yarnpkg|crates|debian)\.(org|com|io)\b")


def broken_links(doc: Document) -> list[str]:
    """Return the document's links that lead to no file, or to no heading of it."""
    found = []
    for link in doc.links():
        name, _, anchor = link.partition("#")
        target = (doc.path.parent / name).resolve() if name else doc.path
        if not target.exists():
            found.append(f"{doc.path}: {link}: there is no such file")
        elif anchor and anchor not in Document(target).anchors():
            found.append(f"{doc.path}: {link}: there is no such heading")
    return found


def test_links_between_documents_lead_somewhere() -> None:
    assert [problem for doc in documents() for problem in broken_links(doc)] == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One heading\n[a](#one-heading) [b](#other) [c](gone.md) [d](page.md#one-heading) [e](https://example.org/x)\n"
    )
    assert [problem.rpartition(": ")[2] for problem in broken_links(Document(page))] == [
        "there is no such heading",
        "there is no such file",
    ]


def test_no_document_or_lock_file_names_a_package_host() -> None:
    locks = [*sorted((ROOT / "requirements").iterdir()), *sorted(ROOT.glob("web/package*.json")), ROOT / "pyproject.toml"]
    named = [str(path) for path in [*(doc.path for doc in documents()), *locks] if PACKAGE_HOST.search(path.read_text("utf-8"))]
    assert named == []


def test_a_package_host_is_found() -> None:
    assert PACKAGE_HOST.search("https://registry." + "npmjs" + ".org/x")

"""The import of a file: which kinds there are, what a file would become, and taking it into the landing zone."""

from assay.sources.files.kinds import ImportKind, import_kinds
from assay.sources.files.mapping import parse_mapping
from assay.sources.files.settings import ImportSettings
from assay.sources.files.summary import ImportPreview, ImportSummary, Rejection
from assay.sources.files.take import preview, take

__all__ = [
    "ImportKind",
    "ImportPreview",
    "ImportSettings",
    "ImportSummary",
    "Rejection",
    "import_kinds",
    "parse_mapping",
    "preview",
    "take",
]

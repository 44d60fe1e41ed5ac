"""The linter's rules, one a file; `assay.catalog.linter` finds them."""

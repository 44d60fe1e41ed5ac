"""What Assay measures of itself: notes, kept as records of streams like any shop's."""

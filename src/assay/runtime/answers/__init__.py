"""How a question becomes an answer: formulas over merged partials, comparisons, targets, breaches."""

"""Other tools on the same marts, each in a virtual environment of its own; nothing here is imported by the product."""

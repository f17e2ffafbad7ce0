"""One reader for each kind of file; each gives lines (where only the page's look is known) or blocks."""

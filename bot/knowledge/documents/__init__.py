"""Documents of one's own: read, repaired, cut into passages, kept on a shelf."""

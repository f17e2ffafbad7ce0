"""What the guide knows: articles, phases and steps, read from `knowledge/` and checked."""

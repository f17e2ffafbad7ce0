"""What the bot does: one module per topic, thin over `bot`."""

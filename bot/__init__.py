"""Samskapingsguiden: a conversational guide to co-creation for Norwegian public services."""

"""Engines: mechanics only - who is where, and when. They call rules and emit facts, never an average."""

"""What is kept on disk: finished chunks, tables, and folders that nothing overwrites."""

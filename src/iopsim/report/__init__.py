"""The report: one source of text and tables, written from the numbers, as a page, a PDF or a document to go on with."""

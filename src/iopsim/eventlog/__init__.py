"""The event log for process-mining tools: what happened to every client, in plain words, as CSV or XES."""

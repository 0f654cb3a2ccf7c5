"""Charts: what a result looks like, one chart a file. Numbers come from the result; a chart only draws them."""

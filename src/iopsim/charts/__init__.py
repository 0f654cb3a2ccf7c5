"""Charts: what results look like, one chart a file. Numbers come from the results; a chart only draws them."""

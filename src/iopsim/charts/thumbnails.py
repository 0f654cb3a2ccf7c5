"""A page of thumbnails: every chart that can be drawn of a results folder, small, with its name and its finding."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from iopsim.charts.chart import Chart

DPI = 72

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #1a1a1a; background: #fff;
  font: 1rem/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }}
h1 {{ font-size: 1.4rem; }}
ul {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 2rem; padding: 0; }}
li {{ list-style: none; }}
img {{ width: 100%; height: auto; border: 1px solid #d9d9d9; }}
h2 {{ font-size: 1rem; margin: 0 0 .3rem; }}
p {{ margin: .3rem 0 0; color: #444; }}
code {{ font-size: .95em; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<ul>
"""


def thumbnails(title: str, charts: Iterable[tuple[str, str, Chart]]) -> str:
    """Return a page in HTML that needs nothing but itself.

    Parameters
    ----------
    title : str
    charts : iterable of tuple of str, str, Chart
        The command that draws it, what it shows, and the chart.
    """
    lines = [HEAD.format(title=escape(title))]
    for command, shows, chart in charts:
        picture = b64encode(chart.png(dpi=DPI)).decode()
        lines.append(
            f"<li><h2><code>{escape(command)}</code></h2>"
            f'<img src="data:image/png;base64,{picture}" alt="{escape(chart.alt)}"><p>{escape(shows)}</p></li>\n'
        )
    return "".join([*lines, "</ul>\n</main>\n</body>\n</html>\n"])

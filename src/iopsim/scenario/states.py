"""The states of the US, and the countries that have the same two letters."""

from __future__ import annotations

from typing import Literal

State = Literal[
    "", "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY",
    "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK",
    "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
]  # fmt: skip
"""What a scenario may name as its state; empty for none."""

_STATES = """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware,
DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas,
KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi,
MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York,
NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island,
SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington,
WV West Virginia, WI Wisconsin, WY Wyoming
"""

_COUNTRIES = """
AL Albania, AZ Azerbaijan, AR Argentina, CA Canada, CO Colombia, DE Germany, GA Gabon, ID Indonesia, IL Israel,
IN India, KY the Cayman Islands, LA Laos, ME Montenegro, MD Moldova, MA Morocco, MN Mongolia, MS Montserrat,
MO Macao, MT Malta, NE Niger, NC New Caledonia, PA Panama, SC the Seychelles, SD Sudan, TN Tunisia,
VA Vatican City
"""


def _table(text: str) -> dict[str, str]:
    entries = (" ".join(entry.split()).partition(" ") for entry in text.split(","))
    return {code: name for code, _, name in entries}


STATES = _table(_STATES)
"""Name of each state, and of the District of Columbia, by its two letters."""

COUNTRIES = _table(_COUNTRIES)
"""Name of each country whose two letters are also those of a state."""


def state(text: str) -> str:
    """Return the state that a text names.

    Parameters
    ----------
    text : str
        What a person wrote: ``LA``, ``us_la``, ``Louisiana``.

    Returns
    -------
    str
        As a scenario names it, such as ``US-LA``; empty for what is no state.
    """
    word = " ".join(text.replace("_", "-").split()).upper()
    code = word.removeprefix("US-")
    names = {name.upper(): short for short, name in STATES.items()}
    code = names.get(code, code)
    return f"US-{code}" if code in STATES else ""

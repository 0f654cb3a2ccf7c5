"""The words of this field, as far as a report uses them."""

from __future__ import annotations

import re

WORDS = {
    "admission": "The day a person starts in the program; before it, a person is referred, assessed and waiting.",
    "arm": "One of the plans that are compared.",
    "assessment": "The first appointment, at which it is decided where a person belongs.",
    "attendance": "Sessions to which clients come, of those scheduled.",
    "baseline": "The plan with which all others are compared.",
    "caseload": "Clients whom one counselor carries.",
    "census": "Clients in the program on a day.",
    "completion": "Discharge of a client who has done what the program planned.",
    "discharge": "The end of a stay, with its reason.",
    "drop out": "To leave against the plan, by one's own decision.",
    "hazard": "How likely something is in a short time, given that it has not happened yet, per unit of time.",
    "interval": "Within which the average over all luck lies, with the confidence that is named; more replications "
    "narrow it.",
    "length of stay": "Days from admission to discharge.",
    "lever": "Something that can be bought to bring people in or keep them.",
    "margin": "Revenue less cost.",
    "no-show": "A session or appointment to which a person does not come.",
    "odds": "A probability divided by its complement; odds of 3 are a probability of 75 %.",
    "payer": "Who pays for treatment: an insurer, a public program, or the client.",
    "phase": "A stretch of treatment with its own nights a week.",
    "placement": "Where the assessment sends a person: here, to another level of care, or elsewhere first.",
    "referral": "A person who is sent to the program, or calls by their own decision.",
    "replication": "One simulated course of events, from the opening to the end, with its own luck.",
    "seat-night": "One seat on one group night.",
    "seed": "The number that all luck of a simulation comes from; the same seed gives the same results.",
    "session": "A meeting of a group, or of a client with a counselor.",
    "terminated": "Discharged by the program, for absences.",
    "transfer": "A move to another level of care.",
    "utilization": "What is used of a capacity.",
    "waitlist": "People placed in the program who have no seat, or no counselor, yet.",
    "warm-up": "The first weeks of a run, left out where the mature program is looked at.",
}
"""Each word with its meaning, in the order of the alphabet."""


def words_used(html: str) -> list[tuple[str, str]]:
    """Return the words that a text uses, with their meanings.

    Parameters
    ----------
    html : str
        The text, with its tags.
    """
    text = re.sub(r"<[^>]*>", " ", html).lower()
    stems = {word: re.escape(word).replace(r"\ ", r"\s+").removesuffix("ion") for word in WORDS}
    return [(word, meaning) for word, meaning in WORDS.items() if re.search(rf"\b{stems[word]}", text)]

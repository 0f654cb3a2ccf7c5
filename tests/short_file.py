"""A scenario of few lines, which says no more than it must."""

GOOD = """\
name = "Clinic"
opening = 2027-01-04
calendar.holidays = "US"
[referrals.self]
per_week = 2.5
[phases.intensive]
nights_per_week = 3
planned_weeks = 12
[groups.evening]
nights = ["Mon", "Tue", "Wed"]
"""

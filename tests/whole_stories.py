"""What stories of the whole clinic share: the way in, which most leave untold, and staff who run the groups."""

WAY_IN = ("booked", "assessed", "placed", "ready", "referred")
FACILITATOR = {"people": 1, "caseload": "none", "leave_weeks_per_year": 0}

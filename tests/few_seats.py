"""Clinics with few seats, and what the diaries of those who wait for one leave out."""

ONE_SEAT = {"groups.evening.seats": 1}
ONLY_SEATS = ("referred", "booked", "assessed", "placed", "ready", "attends")

TWO_GROUPS = {
    "groups.evening.seats": 1,
    "groups.evening.serves": ["intensive"],
    "groups.late": {"nights": ["Thu"], "seats": 1, "serves": ["step_down"]},
}

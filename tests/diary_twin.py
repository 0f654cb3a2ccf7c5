"""A naive twin of the diary from which no assessor is ever gone, kept day by day from the words of MODEL.md, 4.3."""


class DiaryWithAllThere:
    """Assessors of the plan are in it from the outset; one hired on a trigger from the first day on."""

    def __init__(self, scenario, book, record):
        self.plan, self.days, self.opens = scenario.assessment, record.days, book.intake.assessment_days
        rows = record.appointments
        self.callers = list(zip(rows.booked_day.tolist(), rows.wanted_day.tolist(), strict=True))
        self.comes = [
            came >= 0 or day >= self.days for came, day in zip(rows.came_day.tolist(), rows.day.tolist(), strict=True)
        ]
        roles = list(scenario.staff.values())
        self.assessing = [role for role in roles if "assessment" in role.duties]
        self.later = any(role.people and 7 * role.first_week >= self.days for role in self.assessing)
        first = {}
        for post, day in zip(record.posts.post.tolist(), record.posts.first_day.tolist(), strict=True):
            first.setdefault(post, day)
        role_of = {post: roles[book.staffing.post_role[post]] for post in first}
        self.hired = [
            day
            for post, day in first.items()
            if role_of[post] in self.assessing and book.staffing.post_number[post] >= role_of[post].people
        ]

    def assessors(self, day, known):
        """Those on a day, as far as it is known on another."""
        if not self.opens[day]:
            return 0
        planned = sum(role.people for role in self.assessing if day >= 7 * role.first_week) if self.assessing else 1
        return planned + sum(start <= min(day, known) for start in self.hired)

    def slots(self, day, known):
        return int(self.assessors(day, known) * self.plan.slots_per_day * (1 + self.plan.overbooking) + 1e-9)

    def given(self):
        """The day that each caller is given; nothing for one who is given none."""
        taken, given, lost = [0] * self.days, {}, []
        last = max((day for day in range(self.days) if self.opens[day]), default=0)
        for today in range(self.days):
            calls = [row for row, (call, _) in enumerate(self.callers) if call == today]
            again = sorted(set(lost) - set(given))
            for row in [*(again if today in self.hired else []), *calls]:
                earliest = max(self.callers[row][1], today if row in again else 0)
                free = [
                    d for d in range(earliest, self.days) if self.plan.open_access or taken[d] < self.slots(d, today)
                ]
                if free:
                    given[row] = free[0]
                    taken[free[0]] += 1
                elif not self.assessors(last, today) and not self.later:
                    lost.append(row)
        return given

    def waited(self, counted):
        """Client-days from the day wanted to that of the assessment, on days that count."""
        given, left = self.given(), 0
        total = sum(
            wanted <= day < given.get(row, self.days) for row, (_, wanted) in enumerate(self.callers) for day in counted
        )
        for today in range(self.days):
            left += sum(day == today and self.comes[row] for row, day in given.items())
            if self.opens[today]:
                left = max(left - self.assessors(today, today) * self.plan.slots_per_day, 0)
            total += left * (today in counted)
        return total

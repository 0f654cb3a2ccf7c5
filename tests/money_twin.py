"""A naive twin of the ledger: loops over the Record and the scenario, in fractions of cents, written from the words."""

from collections import Counter, defaultdict
from fractions import Fraction
from math import floor

import numpy as np

from iopsim.cohort import DENIED, LOSS, SCALE, Cohort
from iopsim.deck import Purpose
from iopsim.record import Attendance, Exit, Night, Outcome, Record, Visit
from iopsim.rulebook import Rulebook
from iopsim.scenario.model import Scenario

SERVICES = ("session", "individual", "assessment", "medication", "family", "drug_screen")
COPAID = ("session", "individual")


def exact(number: float) -> Fraction:
    """A number as it is written."""
    return Fraction(str(number))


def nearest(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def rows(*columns: np.ndarray) -> list[tuple[int, ...]]:
    """The rows of a table."""
    return list(zip(*(column.tolist() for column in columns), strict=True))


class Twin:
    """What one replication bills and costs."""

    def __init__(self, scenario: Scenario, book: Rulebook, cohort: Cohort, record: Record) -> None:
        self.scenario, self.book, self.cohort, self.record = scenario, book, cohort, record
        self.clients = [
            {name: int(getattr(record.clients, name)[k]) for name in record.clients.__slots__}
            for k in range(len(record.clients))
        ]
        self.claims = list(self.billed()) if scenario.payers else []
        self.costs = self.spent()

    # What is billed.

    def payer(self, client):
        return list(self.scenario.payers.values())[client["payer"]]

    def cards(self, purpose, client, about, episode):
        first = client["first"]
        who, when = self.cohort.who[first : first + 1], self.cohort.when[first : first + 1]
        return self.cohort.deck.deal(purpose, who, when, np.array([about], dtype=np.uint64), episode)[0]

    def treatment_weeks(self, client):
        """First days of the weeks of treatment begun in the run."""
        if client["admitted_day"] == -1:
            return range(0)
        end = self.record.days if client["exit_day"] == -1 else client["exit_day"]
        return range(max(client["admitted_day"], 0), end, 7)

    def rendered(self, who):
        """(day, service) of each service that might be billed, in order."""
        money, record, client = self.scenario.money, self.record, self.clients[who]
        found = []
        for day, whose, attendance in rows(record.sessions.day, record.sessions.client, record.sessions.attendance):
            if whose == who and attendance in (Attendance.ATTENDED, Attendance.MADE_UP):
                found.append((day, SERVICES.index("session")))
        for day, whose, kind, outcome in rows(
            record.visits.day, record.visits.client, record.visits.kind, record.visits.outcome
        ):
            if whose == who and outcome == Outcome.HELD and (kind != Visit.FAMILY or money.family_is_billed):
                found.append((day, SERVICES.index(Visit(kind).name.lower())))
        if client["assessed_day"] != -1 and not money.assessment_is_free:
            found.append((client["assessed_day"], SERVICES.index("assessment")))
        for day in self.treatment_weeks(client):
            found += [(day, SERVICES.index("drug_screen"))] * money.drug_screens_per_client_week
        return sorted(found)

    def coverage(self, client):
        """Sessions granted, and the day on which coverage is lost."""
        payer = self.payer(client)
        cards = self.cards(Purpose.COVERAGE, client, 0, client["episode"])
        granted = float("inf")
        if payer.authorized_sessions != "none":
            granted, denied = payer.authorized_sessions, payer.review_denied_probability
            reviews = 0
            while denied < 1.0 and 1.0 - (1.0 - denied) ** (reviews + 1) <= cards[DENIED + 1] and reviews < 500:
                reviews += 1
            granted += payer.review_sessions * reviews
        week = 1
        while payer.coverage_loss_per_week * week < -np.log1p(-cards[LOSS]) and week < 500:
            week += 1
        return granted, max(client["admitted_day"], 0) + 7 * week

    def step(self, client):
        """Share of the rates that is allowed."""
        payer, card = self.payer(client), self.cards(Purpose.COVERAGE, client, 0, 0)[SCALE]
        up_to = Fraction(0)
        for name, share in payer.scale_share.items():
            up_to += exact(share)
            if card < up_to:
                return exact(payer.scale_pays.get(name, 1.0))
        return Fraction(1)

    def billed(self):
        """(client, day, service, charge, allowed, denied, owes, pays, payer owes, payer's week) for each claim."""
        for who, client in enumerate(self.clients):
            payer, sessions, last = self.payer(client), 0, float("inf")
            granted, lost = self.coverage(client)
            step, seen = self.step(client), Counter()
            deductible, owed = float("inf") if payer.self_pay else nearest(100 * exact(payer.deductible_usd)), 0
            if granted == 0:
                last = -1
            for day, service in self.rendered(who):
                name, nth = SERVICES[service], seen[service]
                seen[service] += 1
                if day < 7 * payer.contract_week:
                    continue
                if name == "session":
                    sessions += 1
                    if sessions > granted or day >= lost:
                        continue
                    if sessions == granted:
                        last = day
                elif name != "assessment" and (day >= lost or self.over(who, day, granted, last)):
                    continue
                level = self.level(who, day).replace(".", "_") if name == "session" else ""
                paid_as = f"level_{level}_session" if level in ("1", "2_5") else name
                rate = exact(getattr(payer.rates, f"{paid_as}_usd"))
                charge = nearest(100 * rate * exact(self.scenario.money.charge_markup))
                if charge == 0:
                    continue
                allowed = nearest(100 * rate * step)
                cards = self.cards(Purpose.CLAIM, client, (service << 32) | nth // 4, client["episode"])
                denied = cards[2 * (nth % 4)] < payer.denied_share and not payer.self_pay
                late = payer.late_weeks and cards[2 * (nth % 4) + 1] < payer.late_share
                due = 0 if denied else allowed
                copay = min(nearest(100 * exact(payer.copay_usd)), due) if name in COPAID else 0
                more = min(due - copay, deductible)
                deductible -= more
                owes = copay + more
                share = exact(payer.client_pays_share)
                pays = nearest(share * (owed + owes)) - nearest(share * owed)
                owed += owes
                week = day // 7 + payer.payment_weeks + (payer.late_weeks if late else 0)
                yield who, day, service, charge, allowed, allowed - due, owes, pays, due - owes, week

    def level(self, who, day):
        """The level of the phase in which a client is on an evening."""
        phase, moves = self.clients[who]["entry_phase"], self.record.moves
        for mover, moved, into in rows(moves.client, moves.day, moves.phase):
            if mover == who and moved <= day:
                phase = into
        return list(self.scenario.phases.values())[phase].level

    def over(self, who, day, granted, last):
        """Whether the last session granted lies before a day."""
        contract = 7 * self.payer(self.clients[who]).contract_week
        sessions = [d for d, service in self.rendered(who) if service == 0 and d >= contract]
        return last < day if granted == 0 else len(sessions) >= granted and sessions[int(granted) - 1] < day

    # What is spent.

    def spent(self):
        """Cents by (what, week)."""
        scenario, record, money = self.scenario, self.record, self.scenario.money
        costs = defaultdict(int)
        roles = list(scenario.staff.values())
        runs_already = any(kind.where == "program" and kind.count > 0 for kind in scenario.present.values())
        opens = 0 if runs_already else -money.pre_opening_weeks
        begins = [
            0 if runs_already and role.first_week == 0 else role.first_week - role.pre_opening_weeks for role in roles
        ]
        self.first_week = first = min([opens, 0, *begins])
        levers = {name: lever for name, lever in scenario.levers if lever.on}
        costs["start_up", first] += 0 if runs_already else nearest(100 * exact(money.start_up_usd))
        for week in range(opens, scenario.weeks):
            costs["fixed", week] += nearest(100 * exact(money.fixed_usd_per_week))
        for lever in levers.values():
            costs["levers", first] += nearest(100 * exact(lever.start_up_usd))
            for week in range(scenario.weeks):
                costs["levers", week] += nearest(100 * exact(lever.usd_per_week))
        pay = [
            nearest(100 * exact(r.wage_usd_per_hour) * exact(r.hours_per_week) * (1 + exact(r.fringe_share)))
            for r in roles
        ]
        payroll = ["clinical_payroll" if role.duties or role.caseload != "none" else "other_payroll" for role in roles]
        for what, role, weekly, begin in zip(payroll, roles, pay, begins, strict=True):
            for week in range(begin, min(role.first_week, scenario.weeks)):
                costs[what, week] += role.people * weekly
            if role.first_week == 0 and not runs_already:
                costs["hiring", -role.pre_opening_weeks] += role.people * nearest(100 * exact(role.hire_usd))
        staff = record.staff
        for row in range(len(staff.week)):
            week, r = int(staff.week[row]), int(staff.role[row])
            costs[payroll[r], week] += nearest(Fraction(int(staff.employed_days[row]) * pay[r], 7))
            per_hour = nearest(100 * exact(roles[r].cover_usd_per_hour))
            costs["cover", week] += nearest(Fraction(int(staff.cover[row]) * per_hour, 60))
            costs["hiring", week] += int(staff.hires[row]) * nearest(100 * exact(roles[r].hire_usd))
        self.spend_on_rooms(costs)
        self.spend_on_clients(costs, levers)
        return {key: cents for key, cents in costs.items() if cents}

    def spend_on_rooms(self, costs):
        nights, groups = self.record.nights, list(self.scenario.groups.values())
        used = set()
        for day, night, status, due in rows(nights.day, nights.night, nights.status, nights.scheduled + nights.guests):
            room = groups[self.book.schedule.night_group[night]].room
            if status == Night.HELD and due and room:
                used.add((day, room))
        for day, room in used:
            costs["rooms", day // 7] += nearest(100 * exact(self.scenario.rooms[room].usd_per_night))

    def spend_on_clients(self, costs, levers):
        money, interim, sessions = self.scenario.money, self.scenario.interim, self.record.sessions
        groups, traits = list(self.scenario.groups.values()), sorted(self.scenario.traits)
        grant = self.scenario.block_grant
        for client in self.clients:
            client["named"] = {name for k, name in enumerate(traits) if client["traits"] >> k & 1}
            reached = [
                (name, lever) for name, lever in levers.items() if not lever.trait or lever.trait in client["named"]
            ]
            client["reached"] = reached
            for day in self.treatment_weeks(client):
                costs["supplies", day // 7] += nearest(100 * exact(money.supplies_usd_per_client_week))
                screens = money.drug_screens_per_client_week * nearest(100 * exact(money.drug_screen_cost_usd))
                costs["drug_screens", day // 7] += screens
                for _, lever in reached:
                    costs["levers", day // 7] += nearest(100 * exact(lever.usd_per_client_week))
            first = [trait in client["named"] for trait in (grant.pregnant, grant.injecting)]
            offered = interim.offered == "everybody" or (interim.offered == "priority" and any(first))
            if offered:
                ends = [day for day in (client["admitted_day"], client["exit_day"]) if day != -1]
                end = self.record.days if client["exit"] == Exit.WAITING else min(ends, default=self.record.days)
                begin = max(client["referral_day"], 0) + interim.after_days
                week = nearest(100 * exact(interim.usd_per_week))
                away = range(client["away_day"], client["joined_day"] if client["joined_day"] != -1 else end)
                elsewhere = away if client["away_day"] != -1 else ()
                served = [day for day in range(begin, end) if day not in elsewhere]
                for k, day in enumerate(served):
                    costs["interim", day // 7] += nearest(Fraction((k + 1) * week, 7)) - nearest(Fraction(k * week, 7))
        came = (Attendance.ATTENDED, Attendance.CUT_SHORT, Attendance.MADE_UP)
        for day, night, who, attendance in rows(sessions.day, sessions.night, sessions.client, sessions.attendance):
            if attendance in came:
                for name, lever in self.clients[who]["reached"]:
                    by_video = groups[self.book.schedule.night_group[night]].video
                    if by_video if name == "video" else not by_video or name not in ("transport", "child_care"):
                        costs["levers", day // 7] += nearest(100 * exact(lever.usd_per_session))

"""Clock stretches: how long the app has run while its clock went on without a jump."""

from queries.base import Row, Statements

AHEAD_S = 3 * 86400.0  # off for that long at most, and the same stretch goes on
BACK_S = 86400.0
MOST_STRETCHES = 4


class ClockQueries(Statements):
    """Stretches of time in which the clock never jumped; several, for a clock that is often wrong
    goes back to a stretch that is known."""

    def note_clock(self, now: float, ran_s: float) -> float:
        """Take `now` for the last time that was seen, after running on for `ran_s`; returns how
        long the app has run in this stretch. One begins where the clock has jumped."""
        with self.transaction():
            row = self.row(
                """SELECT id FROM clock_stretches WHERE seen_epoch BETWEEN ? AND ?
                   ORDER BY abs(seen_epoch - ?) LIMIT 1""",
                now - AHEAD_S, now + BACK_S, now,
            )  # fmt: skip
            if row:
                running_s: float = self.write_one(
                    Row,
                    """UPDATE clock_stretches SET seen_epoch = ?, running_s = running_s + ?
                       WHERE id = ? RETURNING running_s""",
                    now, ran_s, row["id"],
                )["running_s"]  # fmt: skip
                return running_s
            number = self.write(
                "INSERT INTO clock_stretches (seen_epoch) VALUES (?)", now
            ).lastrowid
            self.write(
                """DELETE FROM clock_stretches WHERE id != ? AND id NOT IN
                       (SELECT id FROM clock_stretches ORDER BY running_s DESC, id DESC LIMIT ?)""",
                number, MOST_STRETCHES - 1,
            )  # fmt: skip
        return 0.0

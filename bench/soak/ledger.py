"""What was promised about one case, held against what the database and its history hold in the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.clinicians import Clinician

FIRST = "Before the soak."


@dataclass
class Ledger:
    """Every word that was sent for a case of a clinician's, in order, with whether it was acknowledged."""

    owner: Clinician
    mark: str
    case_id: int = field(init=False)
    saves: dict[str, bool] = field(default_factory=dict)
    drafts: dict[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.case_id = self.owner.create_case(patient_name=f"{self.mark} Patient", case_summary=FIRST)

    def audit(self) -> Counter[str]:
        """Count what was acknowledged, and every way in which the database says something else."""
        events = self.owner.read_history(self.case_id)
        written = [change["case_summary"]["to"] for change in events if "case_summary" in change]
        row, times = self.owner.find_case(self.case_id) or {}, Counter(written)
        acknowledged = [word for word, is_acknowledged in self.saves.items() if is_acknowledged]
        return Counter(
            {
                "acknowledged": len(acknowledged),
                "lost": sum(not times[word] for word in acknowledged),
                "repeated": sum(count > 1 for count in times.values()),
                "foreign": len(set(written) - set(self.saves))
                + sum(set(event) != {"case_summary"} for event in events),
                "not as its history says": int(row.get("case_summary") != (written or [FIRST])[-1]),
                "kept": sum(self.drafts.values()),
                "drafts lost": int(not self._holds_last_draft()),
            }
        )

    def _holds_last_draft(self) -> bool:
        """Tell whether the latest draft that was promised, or one sent after it, is there."""
        sent = list(self.drafts.items())
        last = max((number for number, (_, is_kept) in enumerate(sent) if is_kept), default=None)
        if last is None:
            return True
        stored = self.owner.find_draft(self.case_id) or {}
        return stored.get("case_summary") in [word for word, _ in sent[last:]]
